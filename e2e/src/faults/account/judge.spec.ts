import { describe, expect, it } from '@jest/globals';
import type { UtteranceRecord } from '@interject/contracts';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import { judge } from './judge.js';
import type { Evidence } from './judge.js';
import type { StoredToolCall } from './stream-readings.js';

const ASKED = 1000;

function seen(more: Partial<TrackedToolCall> = {}): TrackedToolCall {
  return {
    callId: 'call',
    toolCallId: 'tool-call',
    isAsync: true,
    marker: 'zqaaaaaaaa',
    jobMs: 100,
    askedAt: ASKED,
    attempts: [{ at: ASKED, outcome: '200' }],
    acceptedAt: 1010,
    said: [1200],
    heard: [1500],
    posts: [{ at: 1150, outcome: '200' }],
    told: [],
    ...more,
  };
}

function record(state: UtteranceRecord['state'], more: Partial<UtteranceRecord> = {}): UtteranceRecord {
  const times = { queuedAt: 0 };
  return { utteranceId: 'u', callId: 'call', source: 'result', class: 'result', state, attempt: 1, times, ...more };
}

function stored(states: readonly UtteranceRecord[], more: Partial<StoredToolCall> = {}): StoredToolCall {
  return {
    results: [{ at: 1100, outcome: 'succeeded' }],
    utteranceIds: new Set(states.map(({ utteranceId }) => utteranceId)),
    records: states.map((each, index) => ({ at: 1140 + 500 * index, record: each })),
    sightings: [],
    ...more,
  };
}

function evidence(more: Partial<Evidence> = {}): Evidence {
  const usual = stored([record('sending'), record('heard')]);
  return { seen: seen(), stored: usual, callEndedAt: undefined, excuse: undefined, isBlurred: false, ...more };
}

const unsaid = { said: [], heard: [], posts: [] };
const ended = { callEndedAt: 1300 };

describe('judge', () => {
  it('finds the usual right', () => {
    expect(judge(evidence())).toEqual({ fate: 'said' });
  });

  it.each<[string, Partial<Evidence>]>([
    ['said twice', { seen: seen({ said: [1200, 1700] }) }],
    ['answered inline and said', { seen: seen({ inlineAt: 1050 }) }],
    ['posted again behind the end of the call', { seen: seen({ posts: [{ at: 1800, outcome: 'call over' }] }) }],
    [
      'two results',
      { stored: stored([record('heard')], { results: [0, 1].map((at) => ({ at, outcome: 'failed' })) }) },
    ],
    ['two utterances', { stored: stored([record('heard'), record('heard', { utteranceId: 'v' })]) }],
    ['a record behind the final one', { stored: stored([record('heard'), record('unconfirmed')]) }],
    [
      'said twice though it was never accepted',
      { seen: { ...seen({ said: [1, 2] }), acceptedAt: undefined } as never },
    ],
  ])('twice: %s', (_, more) => {
    expect(judge(evidence(more)).fate).toBe('twice');
  });

  it.each<[string, Partial<Evidence>]>([
    ['no result', { stored: stored([record('heard')], { results: [] }) }],
    ['no utterance', { stored: stored([]) }],
    ['in flight for ever', { stored: stored([record('sending')]) }],
    ['queued again for ever', { stored: stored([record('interrupted', { final: false })]) }],
    ['recorded as heard, and nobody said it', { seen: seen(unsaid) }],
    [
      'recorded as answered inline, and the answer did not hold it',
      { seen: seen(unsaid), stored: stored([record('answered-inline')]) },
    ],
    ['unconfirmed without a reason', { stored: stored([record('unconfirmed')]) }],
    ['undelivered while the call lives', { seen: seen(unsaid), stored: stored([record('undelivered')]) }],
    [
      'undelivered before the call ended',
      { seen: seen(unsaid), callEndedAt: 9000, stored: stored([record('undelivered')]) },
    ],
    ['undelivered, and it was said', { ...ended, stored: stored([record('sending'), record('undelivered')]) }],
    ['expired', { seen: seen(unsaid), stored: stored([record('expired')]) }],
  ])('lost: %s', (_, more) => {
    expect(judge(evidence(more)).fate).toBe('lost');
  });

  it('tells why it may be unconfirmed', () => {
    const unconfirmed = stored([record('unconfirmed')]);
    expect(judge(evidence({ excuse: 'speech', stored: unconfirmed }))).toEqual({
      fate: 'unconfirmed-said',
      excuse: 'speech',
    });
  });

  it.each<[string, Partial<Evidence>]>([
    ['unconfirmed-said', { excuse: 'blow', stored: stored([record('unconfirmed')]) }],
    ['unconfirmed-unsaid', { excuse: 'blow', seen: seen(unsaid), stored: stored([record('unconfirmed')]) }],
    ['undelivered', { ...ended, seen: seen(unsaid), stored: stored([record('sending'), record('undelivered')]) }],
    ['cut-by-end', { ...ended, seen: seen({ heard: [] }), stored: stored([record('sending'), record('unconfirmed')]) }],
    [
      'repeated',
      {
        isBlurred: true,
        seen: seen({ said: [1200, 1700] }),
        stored: stored([record('interrupted', { final: false }), record('heard')]),
      },
    ],
    ['not-accepted', { seen: { ...seen(), acceptedAt: undefined } as never, stored: stored([]) }],
  ])('%s', (fate, more) => {
    expect(judge(evidence(more)).fate).toBe(fate);
  });
});
