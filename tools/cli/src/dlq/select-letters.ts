import type { Command } from 'commander';
import type { DeadLetter, MessagingOperator } from '@interject/messaging';
import { UsageError } from '../usage.errors.js';
import { callIdOf, letterContent, toolOf } from './letter-content.js';
import { parseSince } from './parse-since.js';

/** Filters, as they were typed. */
export interface Selection {
  readonly stream?: string;
  readonly reason?: string;
  readonly consumer?: string;
  readonly tool?: string;
  readonly call?: string;
  readonly since?: string;
}

/** Letters that fit, how many did, and how many there are. */
export interface SelectedLetters {
  readonly letters: readonly DeadLetter[];
  readonly matched: number;
  readonly inAll: number;
}

/** Adds the filters to a command. */
export function selection(command: Command): Command {
  return command
    .option('--stream <name>', 'only from this stream: TOOL_CALLS or CALL_EVENTS')
    .option('--reason <reason>', 'only given up for this reason')
    .option('--consumer <durable>', 'only given up by this consumer')
    .option('--tool <name>', 'only tool calls of this tool')
    .option('--call <id>', 'only of this call')
    .option('--since <time>', 'only given up since then: 30m, 2h, 7d, or a date');
}

/**
 * All letters that fit, oldest first.
 *
 * @param limit keep the newest of them only
 * @throws UsageError for a time that cannot be read; MessagingError
 */
export async function selectLetters(
  operator: Pick<MessagingOperator, 'deadLetters'>,
  selection: Selection,
  now: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<SelectedLetters> {
  const letters: DeadLetter[] = [];
  let matched = 0;
  let inAll = 0;
  const fits = letterFilter(selection, now);
  await operator.deadLetters.each((letter) => {
    inAll += 1;
    if (!fits(letter)) return;
    matched += 1;
    letters.push(letter);
    if (letters.length > limit) letters.shift();
  });
  return { letters, matched, inAll };
}

/** @throws UsageError for a time that cannot be read */
function letterFilter(
  { stream, reason, consumer, tool, call, since }: Selection,
  now: number,
): (letter: DeadLetter) => boolean {
  const sinceMs = since === undefined ? undefined : parseSince(since, now);
  if (since !== undefined && sinceMs === undefined) {
    throw new UsageError('--since must be a time like 30m, 2h or 7d, or a date like 2026-11-24T10:00:00Z.');
  }
  const streamName = stream?.toUpperCase().replaceAll('-', '_');
  const isOr = (wanted: string | undefined, found: string | undefined): boolean =>
    wanted === undefined || wanted === found;
  return (letter) =>
    isOr(streamName, letter.stream) &&
    isOr(reason, letter.reason) &&
    isOr(consumer, letter.consumer) &&
    isOr(tool, toolOf(letter)) &&
    (sinceMs === undefined || letter.storedAt >= sinceMs) &&
    (call === undefined || callIdOf(letterContent(letter)) === call);
}

/**
 * Letters by their numbers, in that order.
 *
 * @throws UsageError that names every one that is no number, or not there
 */
export async function findLetters(
  operator: Pick<MessagingOperator, 'deadLetters'>,
  numbers: readonly string[],
): Promise<readonly DeadLetter[]> {
  const wrong = numbers.filter((number) => !/^[1-9]\d{0,14}$/.test(number));
  if (wrong.length > 0) throw new UsageError(`Not the number of a letter: ${wrong.join(', ')}. list shows them.`);
  const letters: DeadLetter[] = [];
  const missing: string[] = [];
  for (const number of new Set(numbers)) {
    const letter = await operator.deadLetters.find(Number(number));
    if (letter === undefined) missing.push(number);
    else letters.push(letter);
  }
  if (missing.length > 0)
    throw new UsageError(`There is no dead letter ${missing.join(', ')}. list shows those there are.`);
  return letters;
}
