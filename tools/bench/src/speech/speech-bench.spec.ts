import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import { oursWith } from './contenders.js';
import { goalsOf } from './report/goals.js';
import { scoreOf, speechBench } from './speech-bench.js';
import { DEFAULT_WORLD } from './world/call-script.js';

async function reportOf(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await speechBench.run(args, (line) => void lines.push(line));
  return { code, lines };
}

describe('npm run bench -- speech', () => {
  it('prints the same table for the same seed, another for another', async () => {
    const one = await reportOf('--calls', '25');
    expect(await reportOf('--calls', '25')).toEqual(one);
    expect((await reportOf('--calls', '25', '--seed', 'other')).lines).not.toEqual(one.lines);
    expect(one.code).toBe(0);
    for (const row of ['sent over the caller', 'lost (no final state)', 'said twice', 'latency p50', 'goal: lost 0']) {
      expect(one.lines.some((line) => line.includes(row))).toBe(true);
    }
  });

  it('prints one row for each combination of a sweep', async () => {
    const { lines } = await reportOf('--calls', '5', '--sweep', 'quietMs=500,1000', 'confirmMs=8000,12000');
    expect(lines.filter((line) => line.startsWith('quietMs='))).toHaveLength(4);
  });

  it('prints the timeline of one call', async () => {
    const { lines } = await reportOf('--trace', '3', '--policy', 'at-once');
    expect(lines[0]).toContain('call 3');
    expect(lines.join('\n')).toContain('CALLER speaks');
    await expect(reportOf('--trace', '3', '--policy', 'none')).rejects.toThrow('no policy "none"; there is: at-once');
  });

  it('names causes', async () => {
    expect((await reportOf('--calls', '40', '--causes')).lines.join('\n')).toContain('causes (replay a call');
  });

  it('loses nothing and says nothing twice', () => {
    const scores = scoreOf(oursWith(DEFAULT_SPEECH_SETTINGS), { world: DEFAULT_WORLD, calls: 100 });
    expect(scores).toMatchObject({ calls: 100, lost: 0, saidTwice: 0 });
    expect(scores.heard / scores.results).toBeGreaterThan(0.7);
  });
});

describe('goalsOf', () => {
  it('tells which goals are met', () => {
    const scores = scoreOf(oursWith(DEFAULT_SPEECH_SETTINGS), { world: DEFAULT_WORLD, calls: 5 });
    const isMet = (more: Partial<typeof scores>): boolean[] =>
      goalsOf({ ...scores, ...more }).map((goal) => goal.isMet);
    expect(isMet({ sends: 100, overCaller: 0, lost: 0, saidTwice: 0, latencyP50Ms: 2000 })).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(isMet({ sends: 100, overCaller: 1, lost: 1, saidTwice: 1, latencyP50Ms: 2001 })).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
