import type { Task } from './task.types.js';
import { titleOfName } from './tool-title.js';

/** Which tasks a wish to cancel means. */
export type TaskMatch =
  /** To be stopped. */
  | { readonly kind: 'running'; readonly tasks: readonly Task[] }
  /** Those that were meant have nothing left to stop. */
  | { readonly kind: 'over'; readonly tasks: readonly Task[] }
  /** More than one may be meant. */
  | { readonly kind: 'ambiguous'; readonly tasks: readonly Task[] }
  /** Nothing runs at all. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' };

const ALL: ReadonlySet<string> = new Set(['all', 'all of it', 'all of them', 'all tasks', 'every task', 'everything']);
const ONLY: ReadonlySet<string> = new Set(['', 'it', 'that', 'this', 'the task', 'task']);
const NUMBER = /^(?:the )?(?:(?:task|number|no|nr) )*(\d{1,6})$/;
/** As a line of the list, copied. */
const NUMBER_AND_TITLE = /^(?:task )?(\d{1,6}) (.+)$/;

/**
 * Finds the tasks that are meant, by number, name or title, whatever case and signs they are written in.
 *
 * @param wish as the model gives it: `2`, `task 2`, `the sales report`, `build_report`, `all`, or nothing
 * @param tasks all of the call
 */
export function matchTasks(wish: string, tasks: readonly Task[]): TaskMatch {
  const words = plain(wish);
  if (ALL.has(words)) return allOf(tasks);
  if (ONLY.has(words)) return onlyOf(tasks);
  const named = namedExactly(words, tasks);
  if (named.length > 0) return oneOf(named);
  const number = NUMBER.exec(words)?.[1] ?? numberOfLine(words, tasks);
  if (number !== undefined) return oneOf(tasks.filter((task) => task.number === Number(number)));
  return oneOf(namedLike(words, tasks));
}

function allOf(tasks: readonly Task[]): TaskMatch {
  const running = tasks.filter(isRunning);
  if (running.length > 0) return { kind: 'running', tasks: running };
  const open = tasks.filter(({ state }) => state === 'stopping' || state === 'waiting');
  return open.length > 0 ? { kind: 'over', tasks: open } : { kind: 'nothing' };
}

function onlyOf(tasks: readonly Task[]): TaskMatch {
  const running = tasks.filter(isRunning);
  return running.length > 1 ? { kind: 'ambiguous', tasks: running } : allOf(tasks);
}

/** What runs is meant before what is over; of that the last one. */
function oneOf(found: readonly Task[]): TaskMatch {
  const running = found.filter(isRunning);
  if (running.length > 1) return { kind: 'ambiguous', tasks: running };
  if (running.length === 1) return { kind: 'running', tasks: running };
  const last = found.at(-1);
  return last === undefined ? { kind: 'unknown' } : { kind: 'over', tasks: [last] };
}

function namedExactly(words: string, tasks: readonly Task[]): Task[] {
  const name = withoutArticle(words);
  return tasks.filter((task) => namesOf(task).includes(name));
}

function numberOfLine(words: string, tasks: readonly Task[]): string | undefined {
  const [, number, rest] = NUMBER_AND_TITLE.exec(words) ?? [];
  if (number === undefined || rest === undefined) return undefined;
  const isLine = namedExactly(rest, tasks).some((task) => task.number === Number(number));
  return isLine ? number : undefined;
}

/** Those whose name holds all the words of the wish, or the other way round. */
function namedLike(words: string, tasks: readonly Task[]): Task[] {
  const wanted = new Set(withoutArticle(words).split(' '));
  return tasks.filter((task) =>
    namesOf(task).some((name) => {
      const given = new Set(name.split(' '));
      return isWithin(wanted, given) || isWithin(given, wanted);
    }),
  );
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((word) => word !== '' && all.has(word));
}

function namesOf({ tool, title }: Task): string[] {
  return [title, tool, titleOfName(tool)].map((name) => withoutArticle(plain(name)));
}

function withoutArticle(words: string): string {
  return words.replace(/^(?:the|a|an|my) (?=.)/, '');
}

/** Lower case, letters and digits alone, with single spaces between. */
function plain(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase();
  return lower.replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim();
}

function isRunning({ state }: Task): boolean {
  return state === 'running';
}
