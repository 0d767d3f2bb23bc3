import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { BrokerTime } from './broker-time.js';

/** The broker's clock is nowhere near ours. */
const STAMP = 5_000_000;

describe('BrokerTime', () => {
  it('knows nothing before the broker was heard, and goes on from what it stamped last', async () => {
    const clock = new VirtualClock();
    const time = new BrokerTime(clock);
    expect(time.ageOf(STAMP)).toBeUndefined();
    time.heard(STAMP);
    expect(time.ageOf(STAMP)).toBe(0);
    await clock.advance(700);
    expect(time.ageOf(STAMP)).toBe(700);
    expect(time.ageOf(STAMP + 200)).toBe(500);
  });

  it('takes nothing for stored in the future', () => {
    const time = new BrokerTime(new VirtualClock());
    time.heard(STAMP);
    expect(time.ageOf(STAMP + 40)).toBe(0);
  });

  it('follows a broker whose clock was put back', async () => {
    const clock = new VirtualClock();
    const time = new BrokerTime(clock);
    time.heard(STAMP);
    await clock.advance(1000);
    time.heard(STAMP - 60_000);
    expect(time.ageOf(STAMP - 60_000)).toBe(0);
  });

  it('can be waited for, but not for ever', async () => {
    const clock = new VirtualClock();
    const time = new BrokerTime(clock);
    let [known, over] = [false, false];
    void time.known(1000).then(() => (known = true));
    await clock.advance(400);
    time.heard(STAMP);
    await clock.advance(0);
    expect(known).toBe(true);
    expect(clock.nextTimerAt()).toBeUndefined();
    const silent = new BrokerTime(clock);
    void silent.known(1000).then(() => (over = true));
    await clock.advance(999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(over).toBe(true);
  });
});
