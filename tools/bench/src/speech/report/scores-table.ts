import type { Scores } from '../judge/scores.js';
import { alignedLines, percent, seconds } from './table.js';

export interface Entry {
  readonly title: string;
  readonly scores: Scores;
}

const COLUMNS: readonly (readonly [string, (scores: Scores) => string])[] = [
  ['results', ({ results }) => String(results)],
  ['sent', ({ sends }) => String(sends)],
  ['sent over the caller', (s) => share(s.overCaller, s.sends)],
  ['  when it arrived at Vapi', (s) => share(s.overCallerAtVapi, s.sends)],
  ['  at the bound, apart', (s) => share(s.overCallerAtBound, s.sends)],
  ['overlap at speech start', (s) => share(s.overlapping, s.speeches)],
  ['lost (no final state)', (s) => share(s.lost, s.results)],
  ['unconfirmed', (s) => share(s.unconfirmed, s.results)],
  ['said twice', (s) => share(s.saidTwice, s.results)],
  ['latency p50', ({ latencyP50Ms }) => seconds(latencyP50Ms)],
  ['latency p95', ({ latencyP95Ms }) => seconds(latencyP95Ms)],
  ['begun before any 1 s of silence', (s) => share(s.tooSoon, s.results)],
  ['really heard to the end', (s) => share(s.heard, s.results)],
  ['believed heard, was not', (s) => share(s.falselyHeard, s.results)],
  ['heard, not known', (s) => share(s.heardUnknown, s.results)],
  ['interrupted for good', (s) => share(s.interrupted, s.results)],
  ['undelivered, told', (s) => share(s.undelivered, s.results)],
];

/** One column for each policy. */
export function scoresTable(entries: readonly Entry[]): string[] {
  const head = ['', ...entries.map(({ title }) => title)];
  const rows = COLUMNS.map(([name, cell]) => [name, ...entries.map(({ scores }) => cell(scores))]);
  return alignedLines([head, ...rows]);
}

function share(part: number, whole: number): string {
  return `${String(part)} (${percent(part, whole)})`;
}

const SWEEP_COLUMNS: readonly (readonly [string, (scores: Scores) => string])[] = [
  ['over', (s) => percent(s.overCaller, s.sends)],
  ['at bound', (s) => percent(s.overCallerAtBound, s.sends)],
  ['overlap', (s) => percent(s.overlapping, s.speeches)],
  ['lost', (s) => String(s.lost)],
  ['twice', (s) => String(s.saidTwice)],
  ['unconfirmed', (s) => percent(s.unconfirmed, s.results)],
  ['falsely heard', (s) => percent(s.falselyHeard, s.results)],
  ['heard', (s) => percent(s.heard, s.results)],
  ['p50', (s) => seconds(s.latencyP50Ms)],
  ['p95', (s) => seconds(s.latencyP95Ms)],
];

/** One row for each combination of settings. */
export function sweepTable(entries: readonly Entry[]): string[] {
  const head = ['', ...SWEEP_COLUMNS.map(([name]) => name)];
  return alignedLines([
    head,
    ...entries.map(({ title, scores }) => [title, ...SWEEP_COLUMNS.map(([, cell]) => cell(scores))]),
  ]);
}
