import { describe, expect, it } from '@jest/globals';
import type { MemoryRun, MemoryStages } from './memory-figures.types.js';
import { leftOver, memoryGoals, memoryTable, perCall, serviceCpu } from './memory-report.js';
import type { Memory } from './probe.types.js';

const MIB = 1024 * 1024;

function memory(heapMib: number, rssMib: number): Memory {
  return { heapUsed: heapMib * MIB, rss: rssMib * MIB, external: 0, arrayBuffers: 0 };
}

function run(calls: number, notifier: MemoryStages, cpu = 100): MemoryRun {
  const gateway = { before: memory(30, 90), live: memory(31, 91), ended: memory(30, 91) };
  const cpuUs = { gateway: cpu, worker: cpu, notifier: cpu, 'nats-server': 1e6 };
  return { calls, stages: { gateway, notifier }, cpuUs, introducedPerSecond: 1234.5, lostPartitions: 0 };
}

function verdicts(runs: readonly MemoryRun[]): Record<string, boolean> {
  return Object.fromEntries(memoryGoals(runs).map(({ text, isMet }) => [text.replace(/ \(.*/, ''), isMet]));
}

describe('the figures', () => {
  it('counts the growth for each live call, and what is left of the heap', () => {
    const stages = { before: memory(40, 100), live: memory(60, 130), ended: memory(44, 120) };
    expect(perCall({ calls: 10_000 }, stages, 'heapUsed')).toBeCloseTo(2097.15, 1);
    expect(perCall({ calls: 10_000 }, stages, 'rss')).toBeCloseTo(3145.73, 1);
    expect(leftOver(stages)).toBeCloseTo(1.1, 5);
  });

  it('adds up the CPU of the services alone', () => {
    const stages = { before: memory(40, 100), live: memory(60, 130), ended: memory(44, 120) };
    expect(serviceCpu(run(1000, stages, 150))).toBe(450);
  });

  it('has a column for each number of calls', () => {
    const stages = { before: memory(40, 100), live: memory(60, 130), ended: memory(44, 120) };
    const lines = memoryTable([run(1000, stages), run(10_000, stages)]);
    expect(lines[0]).toMatch(/^live calls +1,000 +10,000$/);
    expect(lines).toContainEqual(expect.stringMatching(/^notifier: heap per live call, B +20972 +2097$/));
    expect(lines).toContainEqual(expect.stringMatching(/40\.0 \/ 60\.0 \/ 44\.0/));
  });
});

describe('the goals', () => {
  const good = { before: memory(40, 100), live: memory(60, 130), ended: memory(44, 120) };

  it('are met by a notifier that stays small and gives back', () => {
    expect(verdicts([run(10_000, good), run(50_000, good)])).toEqual({
      'notifier at most 6 KB per live call at 10,000 live calls': true,
      'notifier at most 6 KB per live call at 50,000 live calls': true,
      "notifier's heap comes back to within 20 % at 10,000 live calls": true,
      "notifier's heap comes back to within 20 % at 50,000 live calls": true,
      'CPU per tool call flat from least to most': true,
    });
  });

  it('are missed by a heap or a process that grows more', () => {
    const heap = { ...good, live: memory(110, 130) };
    const rss = { ...good, live: memory(60, 180) };
    for (const stages of [heap, rss]) {
      expect(verdicts([run(10_000, stages)])['notifier at most 6 KB per live call at 10,000 live calls']).toBe(false);
    }
  });

  it('do not judge RSS with few calls: it comes in blocks', () => {
    const stages = { ...good, live: memory(42, 130) };
    expect(verdicts([run(1000, stages)])['notifier at most 6 KB per live call at 1,000 live calls']).toBe(true);
  });

  it('are missed when memory does not come back', () => {
    const stages = { ...good, ended: memory(50, 130) };
    expect(verdicts([run(1000, stages)])["notifier's heap comes back to within 20 % at 1,000 live calls"]).toBe(false);
  });

  it('are missed when a tool call is dearer with more calls', () => {
    const goals = verdicts([run(1000, good, 100), run(50_000, good, 130)]);
    expect(goals['CPU per tool call flat from least to most']).toBe(false);
  });
});
