import { describe, expect, it } from '@jest/globals';
import { longestBackoffMs } from '@interject/contracts';
import * as fc from 'fast-check';
import { retryDelayMs } from './retry-schedule.js';

const policy = { attempts: 5, backoffMs: 1000 };
const question = { policy, attempt: 1, retryAfterMs: undefined, slackMs: 100_000, random: 0.5 };

describe('retryDelayMs', () => {
  it('doubles its bound and takes a random part of it', () => {
    expect(retryDelayMs(question)).toBe(500);
    expect(retryDelayMs({ ...question, attempt: 2 })).toBe(1000);
    expect(retryDelayMs({ ...question, attempt: 3, random: 0.25 })).toBe(1000);
    expect(retryDelayMs({ ...question, random: 0 })).toBe(0);
  });

  it.each([
    ['more than the jitter', 5000, 100_000, 5000],
    ['less than the jitter', 10, 100_000, 500],
    ['more than a minute', 600_000, 100_000, 60_000],
    ['more than the watchdog leaves', 30_000, 7000, 7000],
    ['while the watchdog leaves nothing', 30_000, -5, 500],
    ['nonsense', Number.NaN, 100_000, 500],
  ])('heeds a backend that asks for %s', (_case, retryAfterMs, slackMs, expected) => {
    expect(retryDelayMs({ ...question, retryAfterMs, slackMs })).toBe(expected);
  });

  it('never waits longer than the policy, or than the minute a backend may ask for within the slack', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600_000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.option(fc.integer({ min: 0, max: 10_000_000 }), { nil: undefined }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (backoffMs, attempt, retryAfterMs, slackMs, random) => {
          const delayMs = retryDelayMs({ policy: { attempts: 20, backoffMs }, attempt, retryAfterMs, slackMs, random });
          expect(delayMs).toBeGreaterThanOrEqual(0);
          const bound = longestBackoffMs(backoffMs, attempt);
          expect(delayMs).toBeLessThanOrEqual(Math.max(bound, Math.min(60_000, slackMs)));
        },
      ),
    );
  });
});
