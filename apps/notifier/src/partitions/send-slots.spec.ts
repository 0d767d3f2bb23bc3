import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_SENDS_UNDER_WAY, SendSlots, SLOT_HELD_MS } from './send-slots.js';

describe('SendSlots', () => {
  let clock: VirtualClock;
  let slots: SendSlots;
  let holders: object[];

  beforeEach(() => {
    clock = new VirtualClock();
    slots = new SendSlots(clock);
    holders = Array.from({ length: MAX_SENDS_UNDER_WAY }, () => ({}));
  });

  it('has room again, and tells so once, when a place is given back', async () => {
    for (const holder of holders) slots.take(holder);
    expect(slots.hasRoom).toBe(false);
    let told = 0;
    slots.whenFree(() => (told += 1));
    for (const holder of holders.slice(0, 3)) slots.release(holder);
    expect(slots.hasRoom).toBe(true);
    await clock.advance(1);
    slots.release(holders[3] ?? {});
    await clock.advance(1);
    expect(told).toBe(1);
  });

  it('does not count what has been under way for long', async () => {
    for (const holder of holders.slice(1)) slots.take(holder);
    await clock.advance(SLOT_HELD_MS - 1);
    slots.take(holders[0] ?? {});
    expect(slots.hasRoom).toBe(false);
    await clock.advance(1);
    expect(slots.hasRoom).toBe(true);
    // Its place is another's by now.
    for (const holder of holders.slice(1)) slots.take({ instead: holder });
    slots.release(holders[1] ?? {});
    expect(slots.hasRoom).toBe(false);
  });

  it('serves those who wait in turn, as long as there is room', async () => {
    for (const holder of holders) slots.take(holder);
    const served: string[] = [];
    const waiter = (name: string) => (): void => {
      served.push(name);
      slots.take({ name });
    };
    slots.whenFree(waiter('first'));
    slots.whenFree(waiter('second'));
    slots.release(holders[0] ?? {});
    await clock.advance(1);
    expect(served).toEqual(['first']);
    slots.release(holders[1] ?? {});
    await clock.advance(1);
    expect(served).toEqual(['first', 'second']);
  });
});
