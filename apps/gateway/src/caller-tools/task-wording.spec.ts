import { describe, expect, it } from '@jest/globals';
import { matchTasks } from './match-tasks.js';
import { listAnswer, refusalAnswer, stoppedAnswer } from './task-wording.js';
import type { Task, TaskState } from './task.types.js';

function task(number: number, title: string, state: TaskState, more: Partial<Task> = {}): Task {
  return { number, toolCallId: `tc${String(number)}`, tool: 'tool', title, state, ageMs: 42_400, ...more };
}

function refusal(wish: string, tasks: readonly Task[]): { as: string; text: string } {
  const match = matchTasks(wish, tasks);
  if (match.kind === 'running') throw new Error('it would have been stopped');
  return refusalAnswer(match, tasks);
}

describe('the list of tasks', () => {
  it('tells what runs, for how long and how far it is, what is to be announced, and what to do', () => {
    const { as, text } = listAnswer([
      task(1, 'the sales report', 'running', { progress: 'The figures are in,\nI am "adding" them up.' }),
      task(2, 'order status', 'waiting'),
      task(3, 'refund', 'stopping'),
      task(4, 'table', 'announced'),
      task(5, 'taxi', 'cancelled'),
      task(6, 'flowers', 'unsaid'),
    ]);
    expect(as).toBe('result');
    expect(text).toBe(
      '3 tasks. 1: the sales report, running for 42 s, last report: "The figures are in, I am adding them up."; ' +
        '2: order status, done, its result is about to be announced; 3: refund, told to stop. ' +
        'Over: 4: table (announced); 5: taxi (cancelled); 6: flowers (done, not announced). ' +
        'Results are announced by themselves as soon as they are there: do not guess or invent one. ' +
        'If the caller wants one stopped, use cancel_task with its number: the numbers stay as they are.',
    );
  });

  it('says that there is nothing', () => {
    expect(listAnswer([]).text).toBe('Nothing is running for this caller, and no result waits to be announced.');
    expect(listAnswer([task(1, 'taxi', 'finished')]).text).toMatch(/^Nothing is running.* Over: 1: taxi \(done\)\.$/);
  });

  it('does not offer to stop what cannot be stopped', () => {
    expect(listAnswer([task(1, 'taxi', 'waiting')]).text).not.toContain('cancel_task');
  });

  it('stays short, and on one line, whatever it is made of', () => {
    const long = (number: number): Task =>
      task(number, 'x\u2028y '.repeat(500), 'running', { progress: '\n😀'.repeat(500) });
    const { text } = listAnswer(Array.from({ length: 100 }, (_, index) => long(index + 1)));
    expect(text.length).toBeLessThan(20_000);
    expect(text).not.toMatch(/[\n\r\u2028\u2029]/);
    expect(text).toMatch(/^100 tasks\. 81: /);
    expect(text).toContain('80 older ones are left out.');
    // No half characters.
    expect(Buffer.from(text).toString()).toBe(text);
  });
});

describe('the answer to a wish to cancel', () => {
  const tasks = [task(1, 'sales report', 'running'), task(2, 'stock report', 'running'), task(3, 'taxi', 'waiting')];

  it('does not promise more than was done', () => {
    const { as, text } = stoppedAnswer(tasks.slice(0, 2));
    expect(as).toBe('result');
    expect(text).toMatch(/^Told to stop: 1: sales report; 2: stock report\. Nothing more .* unless .* not undone\.$/);
  });

  it('asks which one is meant, and is no success', () => {
    expect(refusal('', tasks)).toEqual({
      as: 'error',
      text:
        'Nothing was stopped: more than one task may be meant. 1: sales report; 2: stock report. ' +
        'Ask the caller which one, and use cancel_task again with its number, or with "all".',
    });
  });

  it('says what there is instead of what is not known', () => {
    expect(refusal('holiday', tasks)).toEqual({
      as: 'error',
      text:
        'Nothing was stopped: there is no such task. Running are 1: sales report; 2: stock report. ' +
        'Use cancel_task again with the number of one, once for each; exceptions and parts of a name are not understood.',
    });
    expect(refusal('holiday', []).text).toMatch(/nothing is running/);
  });

  it.each<[TaskState, RegExp]>([
    ['stopping', /^Task 7 \(taxi\) was told to stop already\.$/],
    [
      'waiting',
      /^Task 7 \(taxi\) is done already, and cannot be stopped any more: its result is about to be announced\.$/,
    ],
    ['announced', /done already, and its result was announced/],
    ['unsaid', /could not be announced/],
    ['cancelled', /was cancelled already/],
    ['finished', /is done already\.$/],
  ])('tells that it is too late: %s', (state, text) => {
    expect(refusal('7', [task(7, 'taxi', state)])).toEqual({ as: 'result', text: expect.stringMatching(text) });
  });

  it('says that nothing runs', () => {
    expect(refusal('', [])).toEqual({ as: 'result', text: expect.stringMatching(/nothing to stop/) });
  });
});
