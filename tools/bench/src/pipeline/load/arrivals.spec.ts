import { describe, expect, it } from '@jest/globals';
import { arrivalTimes } from './arrivals.js';

describe('arrivalTimes', () => {
  it('gives the same times for the same seed, others for another', () => {
    expect(arrivalTimes('a', 200, 5)).toEqual(arrivalTimes('a', 200, 5));
    expect(arrivalTimes('a', 200, 5)).not.toEqual(arrivalTimes('b', 200, 5));
  });

  it('has exactly rate x seconds arrivals, in order, within the time', () => {
    const times = arrivalTimes('a', 200, 5);
    expect(times).toHaveLength(1000);
    expect([...times]).toEqual([...times].sort((one, other) => one - other));
    expect(times.at(0)).toBeGreaterThanOrEqual(0);
    expect(times.at(-1)).toBeLessThan(5000);
    expect(arrivalTimes('a', 0, 5)).toHaveLength(0);
  });

  it('arrives as independent calls do: gaps are exponential, their deviation is their mean', () => {
    const times = arrivalTimes('a', 1000, 20);
    const gaps = [...times.subarray(1)].map((time, at) => time - (times[at] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(mean).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / mean).toBeCloseTo(1, 1);
  });
});
