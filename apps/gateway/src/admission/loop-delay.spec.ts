import { describe, expect, it } from '@jest/globals';
import { LoopDelay } from './loop-delay.js';

/** Looks that come as late as given, one after the other. */
function delayAfter(latenesses: readonly number[]): number {
  let now = 0;
  const delay = new LoopDelay(now);
  for (const lateness of latenesses) {
    now += 100 + lateness;
    delay.look(now);
  }
  return delay.current;
}

describe('the delay of the event loop', () => {
  it('is the least of the last three looks: one pause is none', () => {
    expect(delayAfter([0, 0, 900])).toBe(0);
    expect(delayAfter([0, 300, 250, 400])).toBe(250);
    expect(delayAfter([300, 250, 400, 5])).toBe(5);
  });

  it('is not known before', () => {
    expect(delayAfter([500, 500])).toBe(0);
  });
});
