import { describe, expect, it } from '@jest/globals';
import { redeliveryDelayMs } from './redelivery-delay.js';

const policy = { attempts: 10, backoffMs: 1000 };

describe('redeliveryDelayMs', () => {
  it('doubles up to a minute, with half of it left to chance', () => {
    const bounds = Array.from({ length: 9 }, (_, i) => [
      redeliveryDelayMs(policy, i + 1, undefined, 0),
      redeliveryDelayMs(policy, i + 1, undefined, 0.999_999),
    ]);
    expect(bounds.map(([least]) => least)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(bounds.map(([, most]) => most)).toEqual([999, 1999, 3999, 7999, 15_999, 31_999, 59_999, 59_999, 59_999]);
  });

  it('waits longer if asked to, never shorter', () => {
    expect(redeliveryDelayMs(policy, 1, 90_000, 0)).toBe(90_000);
    expect(redeliveryDelayMs(policy, 3, 1, 0)).toBe(2000);
    expect(redeliveryDelayMs({ attempts: 2, backoffMs: 0 }, 1, undefined, 0.5)).toBe(0);
  });
});
