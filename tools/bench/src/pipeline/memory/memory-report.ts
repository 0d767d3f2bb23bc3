import type { Goal } from '../../speech/report/goals.js';
import { alignedLines } from '../../speech/report/table.js';
import { ServiceRoles } from '../system.types.js';
import { ProbedRoles } from './memory-figures.types.js';
import type { MemoryRun, MemoryStages } from './memory-figures.types.js';

const MOST_BYTES_PER_CALL = 6 * 1024;
/** With fewer calls, what a process takes in blocks of megabytes is not theirs. */
const LEAST_CALLS_FOR_RSS = 10_000;
/** The more calls are live, the dearer a tool call: at most by this factor. */
const MOST_GROWTH = 1.25;
const MOST_LEFT_OVER = 1.2;
const MIB = 1024 * 1024;

/** Growth per live call in bytes. */
export function perCall(
  { calls }: Pick<MemoryRun, 'calls'>,
  { before, live }: MemoryStages,
  what: 'heapUsed' | 'rss',
): number {
  return (live[what] - before[what]) / calls;
}

/** Heap after all calls have ended, as a multiple of the heap before the first one. */
export function leftOver({ before, ended }: MemoryStages): number {
  return ended.heapUsed / before.heapUsed;
}

export function serviceCpu({ cpuUs }: Pick<MemoryRun, 'cpuUs'>): number {
  return ServiceRoles.reduce((sum, role) => sum + (cpuUs[role] ?? 0), 0);
}

export function memoryTable(runs: readonly MemoryRun[]): string[] {
  const sizes = runs.map(({ calls }) => calls.toLocaleString('en-US'));
  const row = (name: string, cell: (run: MemoryRun) => string): string[] => [name, ...runs.map(cell)];
  const memory = ProbedRoles.flatMap((role) => [
    row(`${role}: heap per live call, B`, (run) => perCall(run, run.stages[role], 'heapUsed').toFixed(0)),
    row(`${role}: RSS per live call, B`, (run) => perCall(run, run.stages[role], 'rss').toFixed(0)),
    row(`${role}: heap before / live / ended, MiB`, ({ stages }) => heaps(stages[role])),
    row(`${role}: RSS before / live / ended, MiB`, ({ stages }) => residents(stages[role])),
  ]);
  const cpu = ServiceRoles.map((role) =>
    row(`${role}: CPU per tool call, us`, ({ cpuUs }) => (cpuUs[role] ?? Number.NaN).toFixed(0)),
  );
  return alignedLines([
    ['live calls', ...sizes],
    ...memory,
    ...cpu,
    row('together: CPU per tool call, us', (run) => serviceCpu(run).toFixed(0)),
    row('calls taken in a second', ({ introducedPerSecond }) => introducedPerSecond.toFixed(0)),
    row('partitions lost (0, or the machine was too busy)', ({ lostPartitions }) => String(lostPartitions)),
  ]);
}

/** What the notifier has to reach. */
export function memoryGoals(runs: readonly MemoryRun[]): readonly Goal[] {
  const goals: Goal[] = [];
  for (const run of runs) {
    const { notifier } = run.stages;
    const heap = perCall(run, notifier, 'heapUsed');
    const rss = perCall(run, notifier, 'rss');
    const isRssJudged = run.calls >= LEAST_CALLS_FOR_RSS;
    const left = leftOver(notifier);
    const at = `at ${run.calls.toLocaleString('en-US')} live calls`;
    goals.push({
      text: `notifier at most 6 KB per live call ${at} (heap ${heap.toFixed(0)} B, RSS ${rss.toFixed(0)} B)`,
      isMet: heap <= MOST_BYTES_PER_CALL && (!isRssJudged || rss <= MOST_BYTES_PER_CALL),
    });
    goals.push({
      text: `notifier's heap comes back to within 20 % ${at} (${left.toFixed(2)} x)`,
      isMet: left <= MOST_LEFT_OVER,
    });
  }
  const [least, most] = [runs[0], runs.at(-1)];
  if (least === undefined || most === undefined || least === most) return goals;
  const growth = serviceCpu(most) / serviceCpu(least);
  goals.push({
    text: `CPU per tool call flat from least to most (${growth.toFixed(2)} x)`,
    isMet: growth <= MOST_GROWTH,
  });
  return goals;
}

function heaps({ before, live, ended }: MemoryStages): string {
  return [before, live, ended].map(({ heapUsed }) => (heapUsed / MIB).toFixed(1)).join(' / ');
}

function residents({ before, live, ended }: MemoryStages): string {
  return [before, live, ended].map(({ rss }) => (rss / MIB).toFixed(0)).join(' / ');
}
