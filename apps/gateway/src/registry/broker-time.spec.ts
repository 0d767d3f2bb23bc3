import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokerTime } from './broker-time.js';

describe('BrokerTime', () => {
  it('goes on from what was stamped last, and knows nothing before', () => {
    let monotonic = 500;
    const time = new BrokerTime(() => monotonic);
    expect(time.now()).toBeUndefined();
    time.heard(1_000_000);
    monotonic += 3000;
    expect(time.now()).toBe(1_003_000);
    // Old entries, handed over when a watch starts again, do not set it back.
    time.heard(900_000);
    expect(time.now()).toBe(1_003_000);
    time.forget();
    expect(time.now()).toBeUndefined();
  });

  it('is never ahead of the broker, and as late as the quickest message was', () => {
    const message = fc.record({ afterMs: fc.nat(5000), delayMs: fc.nat(2000) });
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1 }),
        fc.integer({ min: -100_000, max: 100_000 }),
        (messages, skew) => {
          let monotonic = 1_000_000;
          const time = new BrokerTime(() => monotonic);
          let quickest = Infinity;
          for (const { afterMs, delayMs } of messages) {
            monotonic += afterMs;
            time.heard(monotonic + skew - delayMs);
            quickest = Math.min(quickest, delayMs);
            expect(time.now()).toBe(monotonic + skew - quickest);
          }
        },
      ),
    );
  });
});
