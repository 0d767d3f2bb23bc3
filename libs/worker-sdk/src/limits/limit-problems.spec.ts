import { describe, expect, it } from '@jest/globals';
import { limitProblems } from './limit-problems.js';

describe('limitProblems', () => {
  it('has none with limits that fit, or none at all', () => {
    expect(limitProblems({})).toEqual([]);
    expect(limitProblems({ concurrencyPerCall: 1, rateLimit: { limit: 10_000, perMs: 3_600_000 } })).toEqual([]);
  });

  it('names each that does not', () => {
    expect(limitProblems({ concurrencyPerCall: 0, rateLimit: { limit: 1.5, perMs: 3_600_001 } })).toEqual([
      'concurrencyPerCall must be an integer from 1 to 10000',
      'rateLimit.limit must be an integer from 1 to 10000',
      'rateLimit.perMs must be an integer from 1 to 3600000',
    ]);
    expect(limitProblems({ rateLimit: 5 as never })).toEqual(['rateLimit must be { limit, perMs }']);
  });
});
