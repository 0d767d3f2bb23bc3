import type { Task } from './task.types.js';
import { titleOfName } from './tool-title.js';
import { lineOf, readWish, wordsOf } from './wish.js';
import type { Wish } from './wish.js';

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

const ALL: ReadonlySet<string> = new Set([
  'all',
  'all of it',
  'all of them',
  'all tasks',
  'all the tasks',
  'all of the tasks',
  'all my tasks',
  'all running tasks',
  'every task',
  'everything',
]);
const ONLY: ReadonlySet<string> = new Set(['it', 'that', 'this', 'the task', 'task']);
const ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an', 'my', 'our', 'your']);
/** Say what is done to a task. One at most: `cancel the stop of ...` is none of ours. */
const VERBS: ReadonlySet<string> = new Set(['cancel', 'stop', 'abort']);
/** Change nothing about what is meant. No word belongs here that could keep, except or deny anything. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...ARTICLES,
  'this',
  'that',
  'task',
  'tasks',
  'job',
  'number',
  'nr',
  'named',
  'called',
  'please',
  'now',
]);
const NUMBER = /^\d{1,6}$/;

/**
 * Finds the tasks that are meant, by number, name or title, whatever case and signs they are written in. A wish is either
 * understood to its last word or not at all: of `all except the sales report` no part may be acted on.
 *
 * @param text as the model gives it: `2`, `task 2`, `the sales report`, `build_report`, `all`, or nothing
 * @param tasks all of the call
 */
export function matchTasks(text: string, tasks: readonly Task[]): TaskMatch {
  const wish = readWish(text);
  if (wish === undefined) return { kind: 'unknown' };
  if (wish.line === '') return onlyOf(tasks);
  const found = [...new Set([...numbered(wish, tasks), ...named(wish, tasks)])];
  if (!wish.isPlain) return oneOf(found);
  const phrase = wish.words.join(' ');
  const isAll = ALL.has(phrase) || ALL.has(core(wish.words).join(' '));
  if (found.length > 0) return isAll || disagree(wish, found) ? { kind: 'ambiguous', tasks: found } : oneOf(found);
  if (isAll) return allOf(tasks);
  return ONLY.has(phrase) ? onlyOf(tasks) : { kind: 'unknown' };
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

/** By its number with harmless words around it. */
function numbered(wish: Wish, tasks: readonly Task[]): Task[] {
  if (!wish.isPlain || !wish.mayBeNumber) return [];
  const [number, ...more] = wish.words.filter((word) => !isFiller(word));
  if (number === undefined || more.length > 0 || !NUMBER.test(number) || !hasOneVerbAtMost(wish.words)) return [];
  return tasks.filter((task) => task.number === Number(number));
}

/** By its name as it is, or with harmless words and its own number around it. */
function named({ words, line, isPlain }: Wish, tasks: readonly Task[]): Task[] {
  const exactly = tasks.filter(({ tool, title }) => lineOf(tool) === line || lineOf(title) === line);
  if (exactly.length > 0 || !isPlain) return exactly;
  return tasks.filter((task) => namesOf(task).some((name) => isNameOf(task, name, words)));
}

function isNameOf(task: Task, name: readonly string[], words: readonly string[]): boolean {
  for (let at = 0; at + name.length <= words.length; at += 1) {
    if (!name.every((word, index) => words[at + index] === word)) continue;
    const around = [...words.slice(0, at), ...words.slice(at + name.length)];
    const more = around.filter((word) => !isFiller(word));
    const isRest = more.every((word) => NUMBER.test(word) && Number(word) === task.number) && more.length <= 1;
    if (isRest && hasOneVerbAtMost(around)) return true;
  }
  return false;
}

/** A number that is one task's, and the name of another one. */
function disagree({ words }: Wish, found: readonly Task[]): boolean {
  const numbers = words.filter((word) => NUMBER.test(word)).map(Number);
  return new Set(found.map((task) => numbers.includes(task.number))).size > 1;
}

function namesOf({ tool, title }: Task): (readonly string[])[] {
  return [title, tool, titleOfName(tool)]
    .map((name) => withoutArticle(wordsOf(name)))
    .filter(({ length }) => length > 0);
}

function withoutArticle(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words;
  return first !== undefined && rest.length > 0 && ARTICLES.has(first) ? rest : words;
}

/** Without a verb, `please` and `now`. */
function core(words: readonly string[]): readonly string[] {
  const rest = words.filter((word) => !VERBS.has(word) && word !== 'please' && word !== 'now');
  return hasOneVerbAtMost(words) ? rest : [];
}

function isFiller(word: string): boolean {
  return HARMLESS.has(word) || VERBS.has(word);
}

function hasOneVerbAtMost(words: readonly string[]): boolean {
  return words.filter((word) => VERBS.has(word)).length <= 1;
}

function isRunning({ state }: Task): boolean {
  return state === 'running';
}
