import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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
    'please cancel task 2 now',
    '2: the sales report',
    '2 - the sales report',
    'the sales report (2)',
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
    ['please stop the sales report now', 2],
    ['orderStatus', 3],
    ['order_status', 3],
    ['my order status', 3],
    ['cancel the task order_status', 3],
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
    const two = [task(1, 'report', 'sales report'), task(2, 'report', 'stock report')];
    expect(matched('report', two)).toEqual(['ambiguous', 1, 2]);
    expect(matched('stock report', two)).toEqual(['running', 2]);
    expect(matched('', two)).toEqual(['ambiguous', 1, 2]);
    expect(matched('both', two)).toEqual(['unknown']);
  });

  it.each(['all', 'ALL', 'all of them', 'everything', 'every task', 'please stop everything', 'Cancel all tasks!'])(
    'takes %j for all that run',
    (wish) => {
      expect(matched(wish)).toEqual(['running', 2, 3]);
    },
  );

  it.each(['', '  ', 'it', 'that', 'the task'])('takes %j for the only one that runs', (wish) => {
    expect(matched(wish, [task(1, 'a', 'a', 'announced'), task(2, 'b', 'b')])).toEqual(['running', 2]);
    expect(matched(wish)).toEqual(['ambiguous', 2, 3]);
    expect(matched(wish, tasks.slice(3))).toEqual(['over', 4, 5]);
    expect(matched(wish, tasks.slice(0, 1))).toEqual(['nothing']);
    expect(matched(wish, [])).toEqual(['nothing']);
  });

  it.each(['9', '0', 'holiday', 'sales figures', 'report', 'stop', '?!', 'the', 'x'.repeat(200_000)])(
    'does not guess: %#',
    (wish) => {
      expect(matched(wish, [task(1, 'a_tool', 'sales report'), task(2, 'b_tool', 'stock')])).toEqual(['unknown']);
    },
  );

  it.each([
    'all except the sales report',
    'everything but the sales report',
    'keep the sales report',
    'not the sales report',
    'do not stop build_report',
    "don't cancel the sales report",
    'the order status, not the sales report',
    'all but 2',
    'not 2',
    'no 2',
    'only 2',
    'cancel the cancellation of 2',
    'stop: cancel the sales report',
    '3 the sales report',
    'task 3, the sales report',
    '2 and 3',
    '-2',
    '−2',
    'task -2',
    'task - 2',
    '!2',
    '~2',
    '2-3',
    '2.3',
    '1/2',
    '2̸',
    '\u202e2',
    '2\u200b',
    '!build_report',
    '-build_report',
    '¬ build_report',
    'build_report ❌',
    '-all',
    '!everything',
    'all - 2',
  ])('leaves everything as it is for what it does not understand to its last word: %j', (wish) => {
    expect(matched(wish)[0]).toMatch(/^(?:unknown|ambiguous)$/);
  });

  it('asks when number and title disagree', () => {
    const numbered = [
      task(1, 'a', '2'),
      task(2, 'b', 'b', 'announced'),
      task(3, 'c', 'report'),
      task(4, 'd', 'report 3'),
    ];
    expect(matched('2', numbered)).toEqual(['ambiguous', 2, 1]);
    expect(matched('report 3', numbered)).toEqual(['running', 4]);
    expect(matched('the report 3', numbered)).toEqual(['ambiguous', 3, 4]);
    expect(matched('all', [task(1, 'all', 'all'), task(2, 'b', 'b')])).toEqual(['ambiguous', 1]);
  });
});

describe('a wish to cancel', () => {
  const others = [
    'not',
    'no',
    'except',
    'but',
    'keep',
    "don't",
    'without',
    'never',
    'only',
    'and',
    'unless',
    'all',
    '3',
    '-',
  ];
  const harmless = ['the', 'my', 'please', 'task', 'number', 'now', 'THIS'];
  const names = [
    'the sales report',
    'build_report',
    'Sales Report',
    'order status',
    'orderStatus',
    '2',
    'all',
    'everything',
  ];
  const pair = [task(2, 'build_report', 'the sales report'), task(3, 'orderStatus', 'order status')];

  it('stops nothing when there is a word in it that is neither name nor harmless', () => {
    const words = fc.array(fc.constantFrom(...harmless, 'cancel', 'stop', ...names, ...others), { maxLength: 6 });
    const strange = fc.constantFrom(...others.slice(0, 11), 'zzz');
    fc.assert(
      fc.property(words, strange, words, (before, other, after) => {
        expect(matched([...before, other, ...after].join(' '), pair)[0]).not.toBe('running');
      }),
    );
  });

  it('stops what is named, whatever harmless words are around it', () => {
    const some = fc.array(fc.constantFrom(...harmless), { maxLength: 4 });
    const verb = fc.constantFrom('', 'cancel', 'Stop', 'abort');
    fc.assert(
      fc.property(some, verb, fc.constantFrom(...names.slice(0, 6)), some, (before, wanted, name, after) => {
        const wish = [...before, wanted, name, ...after].join(' ');
        expect(matched(wish, pair)).toEqual(['running', name.toLowerCase().startsWith('order') ? 3 : 2]);
      }),
    );
  });

  it('stops nothing whose name or number is not in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (wish) => {
        const [kind, ...numbers] = matched(wish, pair);
        if (kind !== 'running') return;
        expect(numbers).toHaveLength(1);
        expect(wish.normalize('NFKC').toLowerCase()).toMatch(/^[^-]*(?:2|3|report|status)/);
      }),
      { numRuns: 2000 },
    );
  });
});
