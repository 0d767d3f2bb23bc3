import { beforeEach, describe, expect, it } from '@jest/globals';
import { MessagingError } from '@interject/messaging';
import { VirtualClock } from '@interject/testing';
import { BrokerLoad } from './broker-load.service.js';

describe('the load of the broker', () => {
  let clock: VirtualClock;
  let load: BrokerLoad;

  beforeEach(() => {
    clock = new VirtualClock();
    load = new BrokerLoad(clock);
  });

  /** One publish that is acknowledged after `ms`; undefined: never. */
  function publish(ms: number | undefined, error?: Error): void {
    const work = (): Promise<void> =>
      new Promise((resolve, reject) => {
        if (ms === undefined) return;
        clock.setTimeout(() => {
          if (error === undefined) resolve();
          else reject(error);
        }, ms);
      });
    load.track(work).catch(() => undefined);
  }

  it('is what waits, and how long the last one took', async () => {
    publish(40);
    publish(60);
    expect(load.state).toEqual({ publishes: 2, ackMs: 0 });
    await clock.advance(60);
    expect(load.state).toEqual({ publishes: 0, ackMs: 60 });
    await clock.advance(2001);
    expect(load.state).toEqual({ publishes: 0, ackMs: 0 });
  });

  it('grows with the silence, before anything is given up', async () => {
    publish(undefined);
    await clock.advance(700);
    expect(load.state).toEqual({ publishes: 1, ackMs: 700 });
  });

  it('is not all silence when one stream alone does not answer', async () => {
    publish(undefined);
    for (let n = 0; n < 20; n += 1) {
      publish(5);
      await clock.advance(100);
    }
    expect(load.state.ackMs).toBeLessThanOrEqual(100);
  });

  it('is that of a silent broker after a timeout, and not after a refusal', async () => {
    publish(1500, new MessagingError('timeout', 'late'));
    await clock.advance(1600);
    expect(load.state).toEqual({ publishes: 0, ackMs: 1500 });
    publish(3, new MessagingError('store-full', 'full'));
    await clock.advance(3);
    expect(load.state).toEqual({ publishes: 0, ackMs: 3 });
  });
});
