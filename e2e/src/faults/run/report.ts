import type { Account, ToolCallEntry } from '../account/account.types.js';
import { hasPassed, isLate, slowest, tally, wrongEntries } from '../account/tally.js';
import type { RunResult } from './series-run.js';

const NAME_WIDTH = 26;
/** From this share of lost time on it is said: lateness may be the machine's. */
const BUSY_SHARE = 0.1;
/** Timelines that are printed; all are written to the file. */
const SHOWN = 3;

/** The head of the table. */
export const HEAD = [
  'fault'.padEnd(NAME_WIDTH),
  'seed',
  '      ',
  ' calls',
  'accepted',
  'results',
  'said once',
  'repeated',
  'unconfirmed (said+not, unheard)',
  'call ended (not said+cut)',
  'refused',
  'lost',
  'twice',
  'late',
  'took',
  'longest',
].join('  ');

/** One line for a run. */
export function lineOf(result: RunResult): string {
  const { account } = result;
  const counts = tally(account);
  const unconfirmed = `${String(counts['unconfirmed-said'])}+${String(counts['unconfirmed-unsaid'])}, ${String(unheardIn(account))}`;
  const cell = (value: number | string, width: number): string => String(value).padStart(width);
  return [
    result.fault.name.padEnd(NAME_WIDTH),
    cell(result.seed, 4),
    hasPassed(result) ? 'ok    ' : 'FAILED',
    cell(account.calls, 6),
    cell(account.entries.length - counts['not-accepted'], 8),
    cell(account.results, 7),
    cell(counts.said, 9),
    cell(counts.repeated, 8),
    cell(unconfirmed, 31),
    cell(`${String(counts.undelivered)}+${String(counts['cut-by-end'])}`, 25),
    cell(counts['not-accepted'], 7),
    cell(counts.lost, 4),
    cell(counts.twice, 5),
    cell(account.entries.filter(isLate).length, 4),
    cell((result.tookMs / 1000).toFixed(0), 4),
    longest(account) + busy(result),
  ].join('  ');
}

/** The sum of some runs. @param tookMs all of them, by the clock on the wall */
export function totalOf(results: readonly RunResult[], tookMs: number): string {
  const sum = (count: (account: Account) => number): string =>
    String(results.reduce((total, { account }) => total + count(account), 0));
  const failed = results.filter((result) => !hasPassed(result)).length;
  return [
    `${String(results.length)} faults, ${String(failed)} failed`,
    `${sum(({ entries }) => entries.length)} tool calls in ${sum(({ calls }) => calls)} calls`,
    `${sum((account) => tally(account).lost)} lost`,
    `${sum((account) => tally(account).twice)} twice`,
    `in flight: ${sum((account) => tally(account)['unconfirmed-said'])} said, ` +
      `${sum((account) => tally(account)['unconfirmed-unsaid'])} not said`,
    `of them by late or lost webhooks of speech: ${sum(unheardIn)}, repeated ${sum((account) => tally(account).repeated)}`,
    `${(tookMs / 1000).toFixed(0)} s`,
  ].join('; ');
}

/** What is wrong with a run: complaints, and the timelines of some tool calls that are. */
export function failuresOf(result: RunResult): string {
  const wrong = wrongEntries(result);
  const answers = [...result.account.answers].map(([outcome, count]) => `${outcome}: ${String(count)}`);
  return [
    ...result.complaints.map((complaint) => `  ${complaint}`),
    `  webhook attempts: ${answers.join(', ')}`,
    ...wrong.slice(0, SHOWN).map(timelineOf),
    ...(wrong.length > SHOWN ? [`  and ${String(wrong.length - SHOWN)} more`] : []),
  ].join('\n');
}

/** Everything that is not as on a quiet day, with its timeline, and the slowest. */
export function accountOf(result: RunResult): string {
  const unusual = result.account.entries.filter((entry) => entry.fate !== 'said' || isLate(entry));
  const slow = slowest(result.account);
  return [
    HEAD,
    lineOf(result),
    failuresOf(result),
    'Unusual:',
    ...unusual.map(timelineOf),
    'Slowest:',
    ...(slow === undefined ? [] : [timelineOf(slow)]),
    '',
  ].join('\n');
}

function timelineOf(entry: ToolCallEntry): string {
  const { askedAt, timeline, delayMs = 0, allowedMs } = entry;
  const why = [
    entry.fate,
    entry.problem,
    entry.excuse === 'speech' ? 'webhooks of its speech were late or lost' : undefined,
    isLate(entry) ? `late: ${ms(delayMs)}, right is ${ms(allowedMs)}` : undefined,
  ];
  return [
    `  tool call ${entry.marker} (${entry.toolCallId} of call ${entry.callId}): ${why.filter(Boolean).join(', ')}`,
    ...timeline.map(({ at, what }) => `    ${((at - askedAt) / 1000).toFixed(3).padStart(8)} s  ${what}`),
  ].join('\n');
}

function unheardIn({ entries }: Account): number {
  return entries.filter(({ excuse }) => excuse === 'speech').length;
}

function busy({ lostShare }: RunResult): string {
  return lostShare < BUSY_SHARE ? '' : `; machine busy with other things ${(lostShare * 100).toFixed(0)} % of the time`;
}

function longest(account: Account): string {
  const entry = slowest(account);
  if (entry?.delayMs === undefined) return '';
  return `${ms(entry.delayMs)}${entry.struckBy === undefined ? '' : `, after ${entry.struckBy.title}`}`;
}

function ms(value: number): string {
  return `${(value / 1000).toFixed(1)} s`;
}
