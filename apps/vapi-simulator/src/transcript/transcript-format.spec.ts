import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../clock/virtual-clock.js';
import { CallLog } from './call-log.js';
import { formatEvent } from './transcript-format.js';
import type { CallFact } from './transcript.types.js';

function line(fact: CallFact, manyCalls = false): string | undefined {
  return formatEvent({ ...fact, call: 3, atMs: 12_345 }, manyCalls);
}

const SPEECH = { utteranceId: 1, text: 'The report\nis ready.' } as const;

describe('the transcript', () => {
  it('puts call time, lane and text on one line', () => {
    expect(line({ type: 'caller-started', text: 'Hi "you"' })).toBe('  12.35  caller     "Hi \\"you\\""');
    expect(line({ type: 'call-ended', reason: 'customer-ended-call' }, true)).toBe(
      '  12.35  #3     call       ended (customer-ended-call)',
    );
  });

  it('has lanes of their own for scripted and injected speech, and never a line break', () => {
    const started = { ...SPEECH, type: 'speech-started', overCallerForMs: undefined, lateMs: 0 } as const;
    expect(line({ ...started, source: 'script' })).toContain('assistant  "The report\\nis ready."');
    expect(line({ ...started, source: 'say' })).toContain('injected   "The report\\nis ready."');
    expect(line({ ...started, source: 'say', overCallerForMs: 900 })).toContain('[the caller is speaking]');
  });

  it('tells heard from cut and from never spoken', () => {
    const stopped = { ...SPEECH, type: 'speech-stopped', source: 'say' } as const;
    expect(line({ ...stopped, outcome: 'finished', audible: true })).toContain('heard in full');
    expect(line({ ...stopped, outcome: 'interrupted', audible: true })).toContain('cut (interrupted)');
    expect(line({ ...stopped, outcome: 'call-ended', audible: false })).toContain('never spoken (call-ended)');
  });

  it('shows every answer to tool calls, and of other webhooks only failures', () => {
    const entry = { id: 'c', tool: 't', result: 'accepted', error: undefined, problem: undefined };
    const answer = {
      type: 'webhook-answered',
      delivery: 1,
      attempt: 1,
      problem: undefined,
      tookMs: 12.4,
      last: true,
    } as const;
    expect(line({ ...answer, message: 'tool-calls', status: 200, entries: [entry] })).toContain(
      'tool       200 after 12 ms: t: "accepted"',
    );
    expect(line({ ...answer, message: 'speech-update', status: 200, entries: [] })).toBeUndefined();
    expect(line({ ...answer, message: 'speech-update', status: 503, attempt: 2, entries: [] })).toContain(
      'webhook    speech-update 503 (attempt 2)',
    );
  });
});

describe('CallLog', () => {
  it('stamps events with call and time, and tells listeners until they leave', async () => {
    const clock = new VirtualClock();
    const log = new CallLog(2, clock);
    const seen: string[] = [];
    const leave = log.listen((event) => seen.push(`${event.call} ${event.atMs} ${event.type}`));
    await clock.advance(1_500);
    log.record({ type: 'call-status', status: 'in-progress' });
    leave();
    log.record({ type: 'call-ended', reason: 'x' });
    expect(seen).toEqual(['2 1500 call-status']);
    expect(log.events).toHaveLength(2);
  });
});
