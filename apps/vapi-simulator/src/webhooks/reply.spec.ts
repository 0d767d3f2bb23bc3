import { describe, expect, it } from '@jest/globals';
import { readReply } from './reply.js';

const CALLS = [
  { id: 'call_1', tool: 'find_slots' },
  { id: 'call_2', tool: 'build_report' },
];

function read(results: unknown, status = 200): readonly (string | undefined)[] {
  const entries = readReply({ status, body: JSON.stringify({ results }), calls: CALLS });
  return entries.map((entry) => entry.problem ?? entry.result ?? entry.error);
}

const FIRST = { toolCallId: 'call_1', name: 'find_slots', result: 'accepted' };

describe('readReply', () => {
  it('takes one entry per tool call by its id, whatever the order', () => {
    const second = { toolCallId: 'call_2', name: 'build_report', error: 'unknown tool' };
    expect(read([second, FIRST])).toEqual(['accepted', 'unknown tool']);
  });

  it('ignores the body of everything but 200', () => {
    expect(read([FIRST], 201)).toEqual(['Vapi ignores the body of a 201', 'Vapi ignores the body of a 201']);
  });

  it.each([
    ['another id', { ...FIRST, toolCallId: 'call_9' }, /no entry/],
    ['an object as result', { ...FIRST, result: { ok: true } }, /not a text/],
    ['line breaks', { ...FIRST, result: 'a\nb' }, /line breaks/],
    ['another name', { ...FIRST, name: 'other' }, /name is missing/],
    ['nothing', null, /no entry/],
  ])('does not use %s', (_what, entry, problem) => {
    expect(read([entry])[0]).toMatch(problem);
  });

  it('does not use two entries of one tool call, nor a body that is no JSON', () => {
    expect(read([FIRST, FIRST])[0]).toMatch(/2 entries/);
    expect(readReply({ status: 200, body: 'ok', calls: CALLS })[0]?.problem).toMatch(/no results list/);
  });
});
