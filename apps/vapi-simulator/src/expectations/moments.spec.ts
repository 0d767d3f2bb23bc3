import { describe, expect, it } from '@jest/globals';
import type { CallEvent, CallFact } from '../transcript/transcript.types.js';
import { judgeOrder, judgeStartsAfter } from './moments.js';
import { collectUtterances } from './utterances.js';

function at(atMs: number, fact: CallFact): CallEvent {
  return { ...fact, call: 1, atMs };
}

function said(utteranceId: number, text: string, fromMs: number, toMs: number): readonly CallEvent[] {
  const speech = { utteranceId, source: 'say', text } as const;
  return [
    at(fromMs, { type: 'speech-started', ...speech, overCallerForMs: undefined, lateMs: 0 }),
    at(toMs, { type: 'speech-stopped', ...speech, outcome: 'finished', audible: true }),
  ];
}

const EVENTS = [
  at(1_000, { type: 'caller-stopped', text: 'x' }),
  ...said(1, 'The slot is free. And the report is ready.', 2_500, 4_000),
  ...said(2, 'The bill is paid.', 5_000, 6_000),
];

describe('the order in which things are heard', () => {
  const order = (...texts: readonly string[]) => judgeOrder({ kind: 'order', texts }, collectUtterances(EVENTS));

  it('holds between utterances and within one', () => {
    expect(order('slot', 'report', 'bill')).toEqual([]);
    expect(order('/report/', 'bill')).toEqual([]);
  });

  it('does not hold the other way round, nor for what was not heard', () => {
    expect(order('bill', 'slot')).toEqual([expect.stringMatching(/in this order: "bill", "slot"/)]);
    expect(order('report', 'slot')).toHaveLength(1);
    expect(order('slot', 'weather')).toEqual(['expected to hear "weather" in order, it was not heard']);
  });
});

describe('the start of speech after something', () => {
  const judge = (
    since: 'callerStopped' | 'assistantStopped' | 'toolCall',
    text: string,
    afterMs = 0,
    withinMs?: number,
  ) => judgeStartsAfter({ kind: 'starts-after', text, since, afterMs, withinMs }, EVENTS, collectUtterances(EVENTS));

  it('is measured from the last one before', () => {
    expect(judge('callerStopped', 'slot', 1_500, 1_500)).toEqual([]);
    expect(judge('assistantStopped', 'bill', 1_000, 1_000)).toEqual([]);
  });

  it('may be too early, too late, or never', () => {
    expect(judge('callerStopped', 'slot', 1_600)).toEqual([
      'expected "slot" to start at least 1600 ms after callerStopped, it was 1500 ms',
    ]);
    expect(judge('callerStopped', 'slot', 0, 1_000)).toEqual([
      'expected "slot" to start within 1000 ms after callerStopped, it was 1500 ms',
    ]);
    expect(judge('toolCall', 'slot')).toEqual(['expected "slot" to start after toolCall, there was none before it']);
    expect(judge('callerStopped', 'weather')).toEqual(['expected "weather" to start, it never did']);
  });
});
