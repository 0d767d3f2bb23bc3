import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import type { Clock } from './clock.js';
import { SystemClock } from './system-clock.js';

describe('Clock', () => {
  it('runs a timer once, and not one that was cleared', async () => {
    const clock = new SystemClock();
    const ran: string[] = [];
    const before = clock.monotonic();
    const cleared = clock.setTimeout(() => ran.push('cleared'), 5);
    await new Promise<void>((resolve) => {
      clock.setTimeout(() => {
        ran.push('kept');
        resolve();
      }, 20);
      clock.clearTimeout(cleared);
    });
    expect(ran).toEqual(['kept']);
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(15);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  });

  it('may be the virtual clock of the test kit', async () => {
    const virtual = new VirtualClock(0);
    const clock: Clock = virtual;
    let ran = false;
    clock.setTimeout(() => (ran = true), 1_000);
    await virtual.advance(1_000);
    expect([ran, clock.now()]).toEqual([true, 1_000]);
  });
});
