import { resolve } from 'node:path';
import { readOptions, UsageError, wholeNumber } from '../../command-line.js';
import type { MeasureSettings } from './measure-calls.js';

export const MEMORY_USAGE = [
  '--calls <list>      how many live calls, ascending (1000,10000,50000)',
  '--rate <n>          tool calls a second in other calls meanwhile (200)',
  '--seconds <n>       for how long (10)',
  '--snapshots <dir>   heap snapshots of the notifier into that folder; they need seconds and memory of their own',
  '--seed <text>       other arrival times (interject)',
  '--json <file>       all figures as JSON too',
  '--judge             exit code 1 if a goal is missed',
] as const;

export interface MemoryOptions extends MeasureSettings {
  readonly calls: readonly number[];
  readonly json: string | undefined;
  readonly judge: boolean;
}

/** JetStream's limits of an installation hold about that many (64 MiB of control URLs). */
const MOST_CALLS = 150_000;

/** @throws UsageError */
export function readMemoryOptions(args: readonly string[]): MemoryOptions {
  const { options, rest } = readOptions(args, {
    calls: 'value',
    rate: 'value',
    seconds: 'value',
    snapshots: 'value',
    seed: 'value',
    json: 'value',
    judge: 'flag',
  });
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0] ?? ''}"`);
  const snapshots = options.get('snapshots');
  return {
    calls: readCalls(options.get('calls') ?? '1000,10000,50000'),
    rate: wholeNumber('--rate', options.get('rate') ?? '200', 1, 5000),
    seconds: wholeNumber('--seconds', options.get('seconds') ?? '10', 1, 600),
    snapshots: snapshots === undefined ? undefined : resolve(snapshots),
    seed: options.get('seed') ?? 'interject',
    json: options.get('json'),
    judge: options.has('judge'),
  };
}

function readCalls(text: string): readonly number[] {
  const calls = text.split(',').map((each) => wholeNumber('--calls', each, 1, MOST_CALLS));
  if (calls.some((each, at) => at > 0 && each <= (calls[at - 1] ?? 0))) throw new UsageError('--calls must ascend');
  return calls;
}
