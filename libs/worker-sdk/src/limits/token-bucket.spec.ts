import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import * as fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

describe('TokenBucket', () => {
  it('gives the limit at once, then one for each that comes back', async () => {
    const clock = new VirtualClock(0);
    const bucket = new TokenBucket({ limit: 2, perMs: 1000 }, clock);
    expect(bucket.take(1)).toBe(true);
    await clock.advance(400);
    expect(bucket.take(1)).toBe(true);
    expect(bucket.take(1)).toBe(false);
    expect(bucket.waitMs(1)).toBe(600);
    await clock.advance(600);
    expect(bucket.take(1)).toBe(true);
    expect(bucket.waitMs(1)).toBe(400);
  });

  it.each([
    [1, 10, 1000],
    [2, 5, 1000],
    // 3.33 each: 4 tokens that stay away for 1.2 s.
    [3, 4, 1200],
    [20, 1, 2000],
  ])('shared by %i replicas, each has %i tokens that come back after %i ms', async (replicas, tokens, backMs) => {
    const clock = new VirtualClock(0);
    const bucket = new TokenBucket({ limit: 10, perMs: 1000 }, clock);
    let taken = 0;
    while (bucket.take(replicas)) taken += 1;
    expect(taken).toBe(tokens);
    expect(bucket.waitMs(replicas)).toBeCloseTo(backMs, 6);
  });

  it('gives more at once when a replica has gone', () => {
    const bucket = new TokenBucket({ limit: 4, perMs: 1000 }, new VirtualClock(0));
    expect([bucket.take(2), bucket.take(2), bucket.take(2)]).toEqual([true, true, false]);
    expect([bucket.take(1), bucket.take(1), bucket.take(1)]).toEqual([true, true, false]);
  });

  it('never gives more than the limit within any span of perMs, and never starves', async () => {
    const rate = fc.record({ limit: fc.integer({ min: 1, max: 8 }), perMs: fc.integer({ min: 1, max: 500 }) });
    const pauses = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rate, pauses, async ({ limit, perMs }, waits) => {
        const clock = new VirtualClock(0);
        const bucket = new TokenBucket({ limit, perMs }, clock);
        const taken: number[] = [];
        for (const wait of waits) {
          while (bucket.take(1)) taken.push(clock.now());
          expect(bucket.waitMs(1)).toBeLessThanOrEqual(perMs);
          await clock.advance(wait);
        }
        taken.forEach((at, i) => {
          const later = taken[i + limit];
          if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(perMs);
        });
      }),
      { numRuns: 100 },
    );
  });
});
