import { describe, expect, it } from '@jest/globals';
import { nextRate, sustainedRateOf } from './sustained-search.js';
import type { SearchSettings, Tried } from './sustained-search.js';

const SETTINGS: SearchSettings = { firstRate: 1000, stride: 1.4, resolution: 1.1, maxSteps: 12, highestRate: 20_000 };

/** Searches in a world that sustains everything up to `capacity`. */
function search(capacity: number, settings: SearchSettings = SETTINGS): Tried[] {
  const tried: Tried[] = [];
  for (let rate = nextRate(tried, settings); rate !== undefined; rate = nextRate(tried, settings)) {
    tried.push({ rate, isSustained: rate <= capacity });
  }
  return tried;
}

describe('the search for the highest sustained rate', () => {
  it.each([90, 700, 1000, 1001, 2500, 9000])('finds %d/s to a tenth from below', (capacity) => {
    const found = sustainedRateOf(search(capacity));
    expect(found).toBeLessThanOrEqual(capacity);
    expect(found).toBeGreaterThan(capacity / 1.12);
  });

  it('goes up by the stride, then to the middle', () => {
    expect(search(1500).map(({ rate }) => rate)).toEqual([1000, 1400, 1960, 1657, 1523]);
  });

  it('ends at the highest rate, and with its steps', () => {
    expect(search(1e9).at(-1)?.rate).toBe(20_000);
    expect(search(1e9, { ...SETTINGS, maxSteps: 3 }).map(({ rate }) => rate)).toEqual([1000, 1400, 1960]);
    expect(sustainedRateOf(search(0, { ...SETTINGS, maxSteps: 3 }))).toBeUndefined();
  });

  it('does not believe a success above a failure', () => {
    const tried = [
      { rate: 1000, isSustained: true },
      { rate: 1400, isSustained: false },
      { rate: 2000, isSustained: true },
    ];
    expect(sustainedRateOf(tried)).toBe(1000);
  });
});
