import { describe, expect, it } from '@jest/globals';
import { nextAttemptInMs } from './backoff.js';

const PLAN = { type: 'exponential', maxRetries: 3, baseDelaySeconds: 1, excludedStatusCodes: [401] } as const;

describe('nextAttemptInMs', () => {
  it('doubles the pause until there are no retries left', () => {
    expect([1, 2, 3, 4].map((attempt) => nextAttemptInMs(PLAN, attempt, 503))).toEqual([
      1_000,
      2_000,
      4_000,
      undefined,
    ]);
  });

  it('keeps the pause of a fixed plan', () => {
    expect([1, 2].map((attempt) => nextAttemptInMs({ ...PLAN, type: 'fixed' }, attempt, 500))).toEqual([1_000, 1_000]);
  });

  it('repeats connection failures and everything that is not 2xx, but what is excluded', () => {
    expect(nextAttemptInMs(PLAN, 1, undefined)).toBe(1_000);
    expect(nextAttemptInMs(PLAN, 1, 302)).toBe(1_000);
    expect(nextAttemptInMs(PLAN, 1, 204)).toBeUndefined();
    expect(nextAttemptInMs(PLAN, 1, 401)).toBeUndefined();
    expect(nextAttemptInMs(undefined, 1, 503)).toBeUndefined();
  });
});
