import { describe, expect, it } from '@jest/globals';
import { quantile } from './quantile.js';
import { Random } from './random.js';

const COUNT = 20_000;

function draw(of: (random: Random) => number): number[] {
  const random = new Random('spec');
  return Array.from({ length: COUNT }, () => of(random));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('Random', () => {
  it('gives the same numbers for the same label, others for another', () => {
    const numbers = (...label: (string | number)[]): number[] => {
      const random = new Random(...label);
      return Array.from({ length: 50 }, () => random.next());
    };
    expect(numbers('a', 1)).toEqual(numbers('a', 1));
    expect(numbers('a', 1)).not.toEqual(numbers('a', 2));
    expect(numbers('a', 1)).not.toEqual(numbers('a1'));
  });

  it('is uniform', () => {
    const values = draw((random) => random.next());
    const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((v) => Math.floor(v * 10) === tenth).length);
    for (const count of tenths) expect(Math.abs(count - COUNT / 10)).toBeLessThan(0.1 * (COUNT / 10));
  });

  it('draws whole numbers with both bounds', () => {
    expect(new Set(draw((random) => random.integer(2, 4)))).toEqual(new Set([2, 3, 4]));
  });

  it('has the moments of its distributions', () => {
    expect(meanOf(draw((random) => random.normal(5, 2)))).toBeCloseTo(5, 1);
    expect(meanOf(draw((random) => random.exponential(3)))).toBeCloseTo(3, 0);
    expect(meanOf(draw((random) => random.exGaussian(1, 2, 3)))).toBeCloseTo(4, 0);
    expect(
      quantile(
        draw((random) => random.logNormal(7, 0.5)),
        0.5,
      ),
    ).toBeCloseTo(7, 0);
  });
});

describe('quantile', () => {
  it('takes the nearest rank', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2);
    expect(quantile([4, 1, 3, 2], 0.95)).toBe(4);
    expect(quantile([4, 1, 3, 2], 0)).toBe(1);
    expect(quantile([], 0.5)).toBeUndefined();
  });
});
