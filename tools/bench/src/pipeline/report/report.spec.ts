import { describe, expect, it } from '@jest/globals';
import type { LoadFigures, SystemRun } from '../measure/figures.types.js';
import { pipelineGoals } from './goals.js';
import { largest, median, medianFigure, medianRatio } from './ratios.js';
import type { Round } from './ratios.js';
import { pipelineTable } from './report.js';

const MIB = 2 ** 20;

function load(changes: Partial<LoadFigures> = {}): LoadFigures {
  return {
    rate: 200,
    toolCalls: 1000,
    refused: 0,
    unsaid: 0,
    repeats: 0,
    acknowledgement: { p50: 1, p99: 2 },
    post: { p50: 2, p99: 4 },
    sendDelayP99: 0.1,
    cpuUs: { gateway: 100, worker: 100, notifier: 100, 'nats-server': 500 },
    rssBytes: { gateway: 60 * MIB, worker: 50 * MIB, notifier: 70 * MIB, 'nats-server': 20 * MIB },
    ...changes,
  };
}

function run(system: string, changes: Partial<SystemRun> = {}): SystemRun {
  const idleCpu = { gateway: 1, worker: 1, notifier: 2, 'nats-server': 1 };
  return { system, idleCpu, loads: [load()], flood: undefined, search: [], sustainedRate: undefined, ...changes };
}

const cpu = (us: number): Partial<SystemRun> => ({ loads: [load({ cpuUs: { gateway: us } })] });
const cpuOf = ({ loads }: SystemRun): number | undefined => loads[0]?.cpuUs['gateway'];

describe('ratios', () => {
  it('takes the middle', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeUndefined();
  });

  it('compares within a round: a slow round does not count', () => {
    const rounds: Round[] = [
      [run('floor', cpu(100)), run('interject', cpu(120))],
      [run('interject', cpu(1200)), run('floor', cpu(1000))],
      [run('floor', cpu(110)), run('interject', cpu(165))],
    ];
    expect(medianRatio(rounds, 'interject', 'floor', cpuOf)).toBe(1.2);
    expect(medianFigure(rounds, 'interject', cpuOf)).toBe(165);
    expect(largest(rounds, 'interject', cpuOf)).toBe(1200);
  });

  it('leaves out rounds in which one of both is missing', () => {
    const rounds: Round[] = [[run('interject', cpu(120))], [run('floor', cpu(100)), run('interject', cpu(300))]];
    expect(medianRatio(rounds, 'interject', 'floor', cpuOf)).toBe(3);
    expect(medianRatio([], 'interject', 'floor', cpuOf)).toBeUndefined();
  });
});

describe('pipelineGoals', () => {
  const goals = (ours: Partial<SystemRun>, theirs: Partial<SystemRun> = {}): Record<string, boolean> => {
    const all = pipelineGoals([[run('floor', theirs), run('interject', ours)]], [200]);
    return Object.fromEntries(all.map(({ text, isMet }) => [text, isMet]));
  };

  it('judges the highest rate, CPU of the services alone, and the median', () => {
    const cpuUs = { gateway: 150, worker: 150, notifier: 151, 'nats-server': 9000 };
    expect(
      goals(
        { sustainedRate: 3000, loads: [load({ cpuUs, post: { p50: 2.6, p99: 900 } })] },
        { sustainedRate: 4000, loads: [load()] },
      ),
    ).toEqual({
      'sustained rate at least 0.75 x the floor (0.75 x)': true,
      'CPU per tool call at most 1.5 x at 200/s (1.50 x)': false,
      'webhook to POST p50 at most 1.3 x at 200/s (1.30 x)': true,
      'every accepted tool call said once (0 were not)': true,
    });
  });

  it('wants what was accepted to be said once; what was refused is not lost', () => {
    expect(goals({ loads: [load({ refused: 3, unsaid: 3 })] })).toMatchObject({
      'every accepted tool call said once (0 were not)': true,
    });
    expect(goals({ loads: [load({ refused: 3, unsaid: 4, repeats: 1 })] })).toMatchObject({
      'every accepted tool call said once (2 were not)': false,
    });
  });

  it('misses the rate when none was sustained', () => {
    const search = [{ rate: 100, isSustained: false, inTimeShare: 0.5 }];
    expect(goals({ search }, { sustainedRate: 4000 })).toMatchObject({
      'sustained rate at least 0.75 x the floor (0.00 x)': false,
    });
  });

  it('judges nothing that was not measured', () => {
    expect(pipelineGoals([[run('floor')]], [200])).toEqual([]);
  });
});

describe('pipelineTable', () => {
  it('has a column for each system with its ratio to the floor', () => {
    const rounds: Round[] = [
      [run('floor', { sustainedRate: 4000 }), run('interject', { sustainedRate: 3000, flood: load({ rate: 200 }) })],
    ];
    const lines = pipelineTable(rounds, ['floor', 'interject'], [200]);
    const line = (start: string): string => lines.find((each) => each.trim().startsWith(start)) ?? '';
    expect(lines[0]).toMatch(/^ +floor +interject$/);
    expect(line('highest sustained rate')).toMatch(/4000 +3000 \(0\.75 x\)$/);
    expect(line('CPU gateway + worker + notifier')).toMatch(/300 +300 \(1\.00 x\)$/);
    expect(lines.filter((each) => each.includes('webhook to POST p50'))).toHaveLength(2);
    expect(line('200 a second under a flood')).not.toBe('');
    expect(lines.join('\n')).toMatch(/RSS after the load, MB\n {2}gateway +60 +60/);
  });

  it('leaves out what nobody measured', () => {
    const text = pipelineTable([[run('floor')]], ['floor'], [200]).join('\n');
    expect(text).not.toContain('sustained');
    expect(text).not.toContain('flood');
  });
});
