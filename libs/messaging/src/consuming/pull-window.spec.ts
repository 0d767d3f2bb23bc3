import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PullWindow } from './pull-window.js';

describe('PullWindow', () => {
  it('fills a single free place at once when nothing is asked for', () => {
    const window = new PullWindow(3);
    expect(window.next()).toBe(3);
    for (let i = 0; i < 3; i += 1) window.received();
    expect(window.next()).toBe(0);
    window.settled();
    expect(window.next()).toBe(1);
  });

  it('waits for half the places while a request is open', () => {
    const window = new PullWindow(10);
    expect(window.next()).toBe(10);
    for (let i = 0; i < 4; i += 1) {
      window.received();
      window.settled();
    }
    expect(window.next()).toBe(0);
    window.received();
    window.settled();
    expect(window.next()).toBe(5);
  });

  it('never has more in flight than its capacity, and never starves', () => {
    const step = fc.constantFrom('deliver', 'settle', 'expire', 'lose' as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const window = new PullWindow(capacity);
        let open = window.next();
        let inFlight = 0;
        for (const each of steps) {
          if (each === 'deliver' && open > 0) {
            open -= 1;
            inFlight += 1;
            window.received();
          } else if (each === 'settle' && inFlight > 0) {
            inFlight -= 1;
            window.settled();
          } else if (each === 'expire') {
            window.requestEnded(open);
            open = 0;
          } else if (each === 'lose') {
            window.requestsLost();
            open = 0;
          }
          open += window.next();
          expect(inFlight + open).toBeLessThanOrEqual(capacity);
          expect(open > 0 || inFlight === capacity).toBe(true);
        }
      }),
    );
  });
});
