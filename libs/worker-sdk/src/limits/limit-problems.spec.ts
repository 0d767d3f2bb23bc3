import { describe, expect, it } from '@jest/globals';
import { limitProblems } from './limit-problems.js';

describe('limitProblems', () => {
  it('has none with limits that fit, or none at all', () => {
    expect(limitProblems({ concurrency: 1 })).toEqual([]);
    expect(
      limitProblems({ concurrency: 10_000, concurrencyPerCall: 1, rateLimit: { limit: 10_000, perMs: 3_600_000 } }),
    ).toEqual([]);
  });

  it('names each that does not', () => {
    expect(
      limitProblems({ concurrency: 10_001, concurrencyPerCall: 0, rateLimit: { limit: 1.5, perMs: 3_600_001 } }),
    ).toEqual([
      'concurrency must be an integer from 1 to 10000',
      'concurrencyPerCall must be an integer from 1 to 10000',
      'rateLimit.limit must be an integer from 1 to 10000',
      'rateLimit.perMs must be an integer from 1 to 3600000',
    ]);
    expect(limitProblems({ concurrency: 1, rateLimit: 5 as never })).toEqual(['rateLimit must be { limit, perMs }']);
  });
});
