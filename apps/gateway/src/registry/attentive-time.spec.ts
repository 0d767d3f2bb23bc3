import { describe, expect, it } from '@jest/globals';
import { AttentiveTime } from './attentive-time.js';

describe('AttentiveTime', () => {
  it('passes while the broker is heard', () => {
    let monotonic = 500;
    const time = new AttentiveTime(() => monotonic);
    for (let second = 1; second <= 60; second += 1) {
      monotonic += 1000;
      if (second % 2 === 0) time.heard();
      time.now();
    }
    expect(time.now()).toBe(60_000);
  });

  it('stands still soon after the broker fell silent, and does not make up for it', () => {
    let monotonic = 0;
    const time = new AttentiveTime(() => monotonic);
    for (let second = 1; second <= 600; second += 1) {
      monotonic += 1000;
      time.now();
    }
    expect(time.now()).toBe(3000);
    time.heard();
    expect(time.now()).toBe(3000);
    monotonic += 1000;
    expect(time.now()).toBe(4000);
  });

  it('does not count what passes while this process is suspended', () => {
    let monotonic = 0;
    const time = new AttentiveTime(() => monotonic);
    monotonic += 60_000;
    time.heard();
    monotonic += 1000;
    expect(time.now()).toBe(1000);
  });
});
