import { VirtualClock } from '@interject/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { HeldBackCalls, LOOK_EVERY_MS } from './held-back-calls.js';
import { SendSlots } from './send-slots.js';

describe('HeldBackCalls', () => {
  let clock: VirtualClock;
  let room: number;
  let asked: string[];
  let heldBack: HeldBackCalls<string>;

  beforeEach(() => {
    clock = new VirtualClock();
    room = 0;
    asked = [];
    heldBack = new HeldBackCalls({
      clock,
      slots: new SendSlots(clock),
      mayBegin: () => room > 0,
      ask: (call) => {
        asked.push(call);
        room -= 1;
      },
    });
  });

  it('asks them in the order in which they came, as many as there is room for', async () => {
    for (const call of ['a', 'b', 'c', 'a']) heldBack.add(call);
    await clock.advance(LOOK_EVERY_MS);
    expect(asked).toEqual([]);
    room = 2;
    await clock.advance(LOOK_EVERY_MS);
    expect(asked).toEqual(['a', 'b']);
    room = 2;
    await clock.advance(LOOK_EVERY_MS);
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('lets other work through between the many', async () => {
    for (let i = 0; i < 600; i += 1) heldBack.add(String(i));
    room = 1000;
    let askedBefore: number | undefined;
    clock.setTimeout(() => (askedBefore = asked.length), LOOK_EVERY_MS);
    await clock.advance(LOOK_EVERY_MS);
    expect(askedBefore).toBe(256);
    expect(asked).toHaveLength(600);
  });

  it('asks nobody who has gone', async () => {
    heldBack.add('a');
    heldBack.add('b');
    heldBack.remove('a');
    room = 9;
    await clock.advance(LOOK_EVERY_MS);
    expect(asked).toEqual(['b']);
    heldBack.add('c');
    heldBack.clear();
    await clock.advance(10 * LOOK_EVERY_MS);
    expect(asked).toEqual(['b']);
  });
});
