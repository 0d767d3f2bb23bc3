import { describe, expect, it } from '@jest/globals';
import { inTurns } from './in-turns.js';

describe('inTurns', () => {
  it('does each once, and never more at a time than allowed', async () => {
    const done: number[] = [];
    let running = 0;
    let most = 0;
    await inTurns(20, 3, async (at) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(at);
    });
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(most).toBe(3);
  });

  it('stops at the first failure, and tells it when all that ran has ended', async () => {
    const begun: number[] = [];
    let running = 0;
    const work = async (at: number): Promise<void> => {
      begun.push(at);
      running += 1;
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (at === 1) throw new Error('refused');
    };
    await expect(inTurns(100, 2, work)).rejects.toThrow('refused');
    expect(running).toBe(0);
    expect(begun.length).toBeLessThan(5);
  });

  it('has nothing to do for none', async () => {
    await expect(inTurns(0, 4, () => Promise.reject(new Error('not called')))).resolves.toBeUndefined();
  });
});
