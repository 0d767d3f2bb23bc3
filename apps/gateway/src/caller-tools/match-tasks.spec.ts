import { describe, expect, it } from '@jest/globals';
import { matchTasks } from './match-tasks.js';
import type { Task, TaskState } from './task.types.js';

function task(number: number, tool: string, title: string, state: TaskState = 'running'): Task {
  return { number, toolCallId: `tc${String(number)}`, tool, title, state, ageMs: 0 };
}

const tasks = [
  task(1, 'build_report', 'the sales report', 'announced'),
  task(2, 'build_report', 'the sales report'),
  task(3, 'orderStatus', 'order status'),
  task(4, 'book_table', 'Réservation de table', 'waiting'),
  task(5, 'refund', '24 hour refund', 'stopping'),
];

/** Kind of the match and numbers of its tasks. */
function matched(wish: string, all = tasks): [string, ...number[]] {
  const match = matchTasks(wish, all);
  return [match.kind, ...('tasks' in match ? match.tasks.map(({ number }) => number) : [])];
}

describe('matchTasks', () => {
  it.each([
    '2',
    '#2',
    ' 2. ',
    'task 2',
    'Task #2',
    'number 2',
    'No. 2',
    'the task number 2',
    '2: the sales report',
    '２',
  ])('finds by number: %j', (wish) => {
    expect(matched(wish)).toEqual(['running', 2]);
  });

  it.each([
    ['the sales report', 2],
    ['Sales Report', 2],
    ['build_report', 2],
    ['build report', 2],
    ['BUILD-REPORT!', 2],
    ['report', 2],
    ['please stop the sales report now', 2],
    ['orderStatus', 3],
    ['order_status', 3],
    ['my order', 3],
  ])('finds by name or title, whatever it is written like: %j', (wish, number) => {
    expect(matched(wish)).toEqual(['running', number]);
  });

  it('tells what is over, the last one of that name', () => {
    expect(matched('1')).toEqual(['over', 1]);
    expect(matched('reservation de table')).toEqual(['unknown']);
    expect(matched('RÉSERVATION DE TABLE')).toEqual(['over', 4]);
    expect(matched('24 hour refund')).toEqual(['over', 5]);
    expect(
      matched('report', [task(1, 'report', 'report', 'announced'), task(2, 'report', 'report', 'unsaid')]),
    ).toEqual(['over', 2]);
  });

  it('asks when more than one may be meant', () => {
    const two = [task(1, 'build_report', 'sales report'), task(2, 'stock', 'stock report')];
    expect(matched('report', two)).toEqual(['ambiguous', 1, 2]);
    expect(matched('stock report', two)).toEqual(['running', 2]);
    expect(matched('', two)).toEqual(['ambiguous', 1, 2]);
    expect(matched('both', two)).toEqual(['unknown']);
  });

  it.each(['all', 'ALL', 'all of them', 'everything', 'every task'])('takes %j for all that run', (wish) => {
    expect(matched(wish)).toEqual(['running', 2, 3]);
  });

  it.each(['', '  ', 'it', 'that', 'the task'])('takes %j for the only one that runs', (wish) => {
    expect(matched(wish, [task(1, 'a', 'a', 'announced'), task(2, 'b', 'b')])).toEqual(['running', 2]);
    expect(matched(wish)).toEqual(['ambiguous', 2, 3]);
    expect(matched(wish, tasks.slice(3))).toEqual(['over', 4, 5]);
    expect(matched(wish, tasks.slice(0, 1))).toEqual(['nothing']);
    expect(matched(wish, [])).toEqual(['nothing']);
  });

  it.each(['9', '0', 'holiday', 'sales figures', 'task', '?!', 'the'])('does not guess: %j', (wish) => {
    const match = matched(wish, [task(1, 'a_tool', 'sales report'), task(2, 'b_tool', 'stock')]);
    expect(match[0]).toBe(wish === 'task' || wish === '?!' ? 'ambiguous' : 'unknown');
  });

  it('prefers a title to a number', () => {
    const numbered = [task(1, 'a', '2'), task(2, 'b', 'b')];
    expect(matched('2', numbered)).toEqual(['running', 1]);
  });
});
