import type { Memory } from './probe.types.js';

export const ProbedRoles = ['gateway', 'notifier'] as const;
export type ProbedRole = (typeof ProbedRoles)[number];

/** One process while calls come and go. */
export interface MemoryStages {
  /** Warm, without the calls. */
  readonly before: Memory;
  /** All calls are live. */
  readonly live: Memory;
  /** All have ended. */
  readonly ended: Memory;
}

/** What so many live calls cost. */
export interface MemoryRun {
  readonly calls: number;
  readonly stages: Readonly<Record<ProbedRole, MemoryStages>>;
  /** CPU a tool call in other calls meanwhile, by role; microseconds. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** How many calls a second the services took in, with all their webhooks. */
  readonly introducedPerSecond: number;
  /** Partitions that the notifier lost while the calls began: with any, the machine was too busy and the figures say little. */
  readonly lostPartitions: number;
}
