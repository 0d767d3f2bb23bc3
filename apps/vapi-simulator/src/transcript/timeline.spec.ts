import { describe, expect, it } from '@jest/globals';
import type { CallEvent, CallFact } from './transcript.types.js';
import { timeline } from './timeline.js';

function at(atMs: number, fact: CallFact): CallEvent {
  return { ...fact, call: 1, atMs };
}

const OURS = { utteranceId: 2, source: 'say', text: 'The report is ready.' } as const;
const SMALL_TALK =
  'Thank you, and by the way, are you open on Saturdays, or is that only for members these days, or what?';

describe('the timeline', () => {
  it('shows who talks when, who talks over whom, and what went over the wire', () => {
    const lines = timeline([
      at(0, { type: 'call-started', callId: 'secret-id' }),
      at(3, { type: 'call-status', status: 'in-progress' }),
      at(40, { type: 'caller-started', text: SMALL_TALK }),
      at(1_000, { type: 'tool-calls-sent', delivery: 1, calls: [{ id: 'c', tool: 'report', async: true }] }),
      at(2_000, { type: 'speech-accepted', ...OURS }),
      at(2_350, { type: 'speech-started', ...OURS, overCallerForMs: 2_310, lateMs: 0 }),
      at(2_700, { type: 'caller-stopped', text: SMALL_TALK }),
      at(3_000, { type: 'caller-started', text: 'Wait' }),
      at(3_002, { type: 'speech-stopped', ...OURS, outcome: 'interrupted', audible: true }),
      at(3_600, { type: 'caller-stopped', text: 'Wait' }),
      at(4_000, { type: 'call-ended', reason: 'customer-ended-call' }),
    ]);
    const column = (text: string, width = 26): string => text.padEnd(width);
    const row = (time: string, caller: string, assistant: string, ours: string, note = ''): string =>
      `${time.padStart(6)}  ${column(caller)} ${column(assistant)} ${column(ours)}  ${note}`.trimEnd();
    expect(lines.slice(2)).toEqual([
      row('0.0', '┌ Thank you, and by the', '', '', '▶ status in-progress'),
      row('1.0', '│ way, are you open on', '', '', '▶ tool-calls report'),
      row('2.0', '│ Saturdays, or is that o…', '', '', '◀ say'),
      row('2.4', '│', '', '┌ The report is ready.'),
      row('2.7', '└', '', '│'),
      row('3.0', '┌ Wait', '', '╳ cut by the caller'),
      row('3.6', '└', '', ''),
      row('4.0', '', '', '', 'the call ends (customer-ended-call)'),
    ]);
    expect(lines[0]).toBe(row('time', 'caller', 'assistant', 'ours', '▶ webhooks, ◀ control'));
    expect(lines.join('\n')).not.toContain('secret-id');
  });

  it('writes a text out before its bar ends', () => {
    const text = 'one two three four five six seven eight nine ten';
    const lines = timeline([at(100, { type: 'caller-started', text }), at(900, { type: 'caller-stopped', text })]);
    expect(lines.slice(2).map((line) => line.trimEnd())).toEqual([
      '   0.1  ┌ one two three four five',
      '        │ six seven eight nine ten',
      '   0.9  └',
    ]);
  });

  it('keeps what failed in sight', () => {
    const lines = timeline([
      at(0, { type: 'webhook-lost', message: 'speech-update user stopped', cause: 'x' }),
      at(500, { type: 'control-refused', status: undefined, problem: 'the call has ended' }),
      at(900, { type: 'speech-dropped', text: 'Hello', cause: 'silentDrop' }),
    ]).join('\n');
    expect(lines).toContain('✗ speech-update user stopped lost');
    expect(lines).toContain('◀ refused with no answer: the call has ended');
    expect(lines).toContain('◀ say, accepted and never spoken (silentDrop)');
  });
});
