import { describe, expect, it } from '@jest/globals';
import { readScript, ScriptedAnswers } from './scripted-answers.js';

function scripted(given: unknown): ScriptedAnswers {
  const reading = readScript(given);
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const answers = new ScriptedAnswers();
  answers.add(reading.answers);
  return answers;
}

describe('scripted answers', () => {
  it('are used up in turn, by the requests that fit', () => {
    const answers = scripted([
      { method: 'patch', route: '/tool/:id', status: 500, times: 2, skip: 1 },
      { status: 503, headers: { 'Retry-After': 2 } },
    ]);
    const statuses = (): number | undefined => answers.take('PATCH', '/tool/:id')?.status;
    expect(answers.left).toBe(3);
    expect(answers.take('GET', '/tool')).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect([statuses(), statuses(), statuses(), statuses()]).toEqual([undefined, 500, 500, undefined]);
    expect(answers.left).toBe(0);
  });

  it('may drop the connection, and be given after the request took effect', () => {
    const answers = scripted({ drop: true, applied: true, delayMs: 10 });
    expect(answers.take('POST', '/tool')).toMatchObject({ status: undefined, applied: true, delayMs: 10 });
  });

  it.each([
    ['text', /^answer 1: expected a mapping/],
    [{}, /^answer 1: expected either status or drop: true/],
    [{ status: 500, drop: true }, /^answer 1: expected either/],
    [{ status: 99 }, /^answer 1\.status: expected a whole number from 200 to 599/],
    [[{ status: 500 }, { status: 500, time: 2 }], /^answer 2\.time: expected one of method, /],
    [{ status: 500, times: 0 }, /^answer 1\.times: /],
  ])('refuse %j', (given, problem) => {
    const reading = readScript(given);
    expect(reading.ok ? [] : reading.problems).toContainEqual(expect.stringMatching(problem));
  });
});
