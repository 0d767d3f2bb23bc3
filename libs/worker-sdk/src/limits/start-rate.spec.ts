import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { StartRate } from './start-rate.js';

function setUp(limit = 1, perMs = 1000) {
  const clock = new VirtualClock(0);
  const shared = { replicas: 1 };
  const rate = new StartRate({ limit, perMs }, clock, () => shared.replicas);
  const log: string[] = [];
  const ask = (name: string, until = 60_000, signal = new AbortController().signal): void => {
    void rate.start({ until, signals: [signal] }).then((end) => log.push(`${String(clock.now())} ${name} ${end}`));
  };
  return { clock, rate, log, ask, shared };
}

describe('StartRate', () => {
  it('lets the waiting ones start in order, as tokens come back', async () => {
    const { clock, rate, log, ask } = setUp(2);
    expect([rate.tryStart(), rate.tryStart(), rate.tryStart()]).toEqual([true, true, false]);
    for (const name of ['a', 'b', 'c']) ask(name);
    expect(rate.waiting).toBe(3);
    await clock.advance(5000);
    expect(log).toEqual(['1000 a granted', '1000 b granted', '2000 c granted']);
    expect(rate.waiting).toBe(0);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('lets nobody past those that wait', async () => {
    const { clock, rate, ask } = setUp();
    rate.tryStart();
    ask('a');
    // Between the return of the token and the turn of the one that waits for it.
    (clock as unknown as { time: number }).time = 1000;
    expect(rate.tryStart()).toBe(false);
    await clock.advance(0);
    expect(rate.waiting).toBe(0);
  });

  it('ends the wait of one that is late or stopped, and takes no token for it', async () => {
    const { clock, rate, log, ask } = setUp();
    const stop = new AbortController();
    rate.tryStart();
    ask('late', 500);
    ask('stopped', 60_000, stop.signal);
    ask('c');
    await clock.advance(700);
    stop.abort();
    await clock.advance(300);
    expect(log).toEqual(['500 late late', '700 stopped stopped', '1000 c granted']);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('does not begin to wait when it is stopped already', async () => {
    const { clock, rate, log, ask } = setUp();
    ask('a', 60_000, AbortSignal.abort());
    await clock.advance(0);
    expect(log).toEqual(['0 a stopped']);
    expect(rate.waiting).toBe(0);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  it('notices within a second that its share has grown', async () => {
    const { clock, rate, log, ask, shared } = setUp(1, 60_000);
    shared.replicas = 10;
    rate.tryStart();
    ask('a', 10_000_000);
    await clock.advance(61_000);
    expect(log).toEqual([]);
    shared.replicas = 1;
    await clock.advance(1000);
    expect(log).toHaveLength(1);
  });
});
