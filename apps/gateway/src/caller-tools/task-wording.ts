import type { TaskMatch } from './match-tasks.js';
import type { Task, TaskState } from './task.types.js';

/** One line of text for the model: the outcome of its request, or why there is none. */
export interface TaskAnswer {
  readonly as: 'result' | 'error';
  readonly text: string;
}

const MAX_OPEN = 20;
const MAX_OVER = 5;
const MAX_TITLE = 100;
const MAX_PROGRESS = 200;

const STATE_WORDS: Readonly<Record<TaskState, string>> = {
  running: 'is running',
  stopping: 'was told to stop already',
  waiting: 'is done already, and cannot be stopped any more: its result is about to be announced',
  announced: 'is done already, and its result was announced',
  unsaid: 'is done already, but its result could not be announced',
  cancelled: 'was cancelled already',
  finished: 'is done already',
};

/** What runs, and what is done and not announced yet. */
export function listAnswer(tasks: readonly Task[]): TaskAnswer {
  const open = tasks.filter(isOpen);
  const over = tasks.filter((task) => !isOpen(task));
  if (open.length === 0) {
    return result(['Nothing is running for this caller, and no result waits to be announced.', overText(over)]);
  }
  const more = open.length - MAX_OPEN;
  return result([
    `${open.length === 1 ? '1 task' : `${String(open.length)} tasks`}. ${open.slice(-MAX_OPEN).map(openText).join('; ')}.`,
    more > 0 ? `${String(more)} older ones are left out.` : '',
    overText(over),
    'Results are announced by themselves as soon as they are there: do not guess or invent one.',
    open.some(({ state }) => state === 'running')
      ? 'If the caller wants one stopped, use cancel_task with its number: the numbers stay as they are.'
      : '',
  ]);
}

/** Nothing was stopped, and why; not for a match of kind `running`. */
export function refusalAnswer(match: Exclude<TaskMatch, { kind: 'running' }>, tasks: readonly Task[]): TaskAnswer {
  switch (match.kind) {
    case 'over':
      return result(match.tasks.map((task) => `${named(task)} ${STATE_WORDS[task.state]}.`));
    case 'nothing':
      return result(['Nothing is running for this caller: there is nothing to stop.']);
    case 'ambiguous':
      return error([
        'Nothing was stopped: more than one task may be meant.',
        `${listed(match.tasks)}.`,
        'Ask the caller which one, and use cancel_task again with its number, or with "all".',
      ]);
    case 'unknown': {
      const running = tasks.filter(({ state }) => state === 'running');
      return running.length === 0
        ? error(['Nothing was stopped: there is no such task, and nothing is running.'])
        : error([
            'Nothing was stopped: there is no such task.',
            `Running are ${listed(running)}.`,
            'Use cancel_task again with the number of one, once for each; exceptions and parts of a name are not understood.',
          ]);
    }
  }
}

/** The tasks were told to stop. What is done in the same moment is announced all the same. */
export function stoppedAnswer(tasks: readonly Task[]): TaskAnswer {
  return result([
    `Told to stop: ${listed(tasks)}.`,
    'Nothing more is announced of that, unless it was done at this very moment.',
    'What has been done so far is not undone.',
  ]);
}

function openText(task: Task): string {
  const head = `${String(task.number)}: ${titleOf(task)}`;
  switch (task.state) {
    case 'running': {
      const report = task.progress === undefined ? '' : clean(task.progress, MAX_PROGRESS);
      return `${head}, running for ${seconds(task.ageMs)} s${report === '' ? '' : `, last report: "${report}"`}`;
    }
    case 'stopping':
      return `${head}, told to stop`;
    default:
      return `${head}, done, its result is about to be announced`;
  }
}

function overText(over: readonly Task[]): string {
  if (over.length === 0) return '';
  const words = over.slice(-MAX_OVER).map((task) => `${String(task.number)}: ${titleOf(task)} (${shortState(task)})`);
  return `Over: ${words.join('; ')}.`;
}

function shortState({ state }: Task): string {
  if (state === 'unsaid') return 'done, not announced';
  return state === 'finished' ? 'done' : state;
}

function isOpen({ state }: Task): boolean {
  return state === 'running' || state === 'stopping' || state === 'waiting';
}

function listed(tasks: readonly Task[]): string {
  const shown = tasks.slice(-MAX_OPEN).map((task) => `${String(task.number)}: ${titleOf(task)}`);
  return tasks.length > MAX_OPEN ? `${shown.join('; ')} and older ones` : shown.join('; ');
}

function named(task: Task): string {
  return `Task ${String(task.number)} (${titleOf(task)})`;
}

function titleOf({ title }: Task): string {
  return clean(title, MAX_TITLE);
}

function seconds(ageMs: number): string {
  return String(Math.round(ageMs / 1000));
}

/** One line (VAPI.md 0.2), and no quotes that would end ours. */
function clean(text: string, length: number): string {
  const line = text.replaceAll(/[\s"]+/g, ' ').trim();
  // By characters: half of one is not valid text.
  const characters = [...line];
  return characters.length > length ? `${characters.slice(0, length).join('').trimEnd()}...` : line;
}

function result(sentences: readonly string[]): TaskAnswer {
  return { as: 'result', text: joined(sentences) };
}

function error(sentences: readonly string[]): TaskAnswer {
  return { as: 'error', text: joined(sentences) };
}

function joined(sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
