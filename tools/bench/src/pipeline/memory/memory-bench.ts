import { mkdir, writeFile } from 'node:fs/promises';
import type { Bench } from '../../benches.js';
import { goalLines } from '../../speech/report/goals.js';
import { measureCalls } from './measure-calls.js';
import type { MemoryRun } from './memory-figures.types.js';
import { MEMORY_USAGE, readMemoryOptions } from './memory-options.js';
import { memoryGoals, memoryTable } from './memory-report.js';

const ASSUMPTIONS = [
  'Gateway, notifier and a worker as built, a fresh nats-server for each number of calls, all on this machine.',
  'A live call: in progress, control URL known, four speech updates, one tool call that waits for its result; all of it',
  'told by webhooks to the gateway. Memory is read inside the processes right after a full garbage collection, and "before"',
  'is a warm process. CPU is of tool calls in other calls while these are live. Then every call gets its result, is told it,',
  'and ends.',
] as const;

export const memoryBench: Bench = {
  name: 'memory',
  summary: 'memory per live call, CPU per tool call with many calls live, and what is left when they have ended',
  usage: MEMORY_USAGE,
  run: async (args, print) => {
    const options = readMemoryOptions(args);
    for (const line of ASSUMPTIONS) print(line);
    if (options.snapshots !== undefined) await mkdir(options.snapshots, { recursive: true });
    const runs: MemoryRun[] = [];
    for (const [at, calls] of options.calls.entries()) runs.push(await measureCalls(calls, at + 1, options, print));
    print('');
    for (const line of memoryTable(runs)) print(line);
    print('');
    const goals = memoryGoals(runs);
    for (const line of goalLines(goals)) print(line);
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify({ options, runs, goals }, undefined, 2)}\n`);
    }
    return options.judge && goals.some(({ isMet }) => !isMet) ? 1 : 0;
  },
};
