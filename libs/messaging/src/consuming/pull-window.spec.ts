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

  it('asks for another one in the place of one that stands aside, and for none too many when that comes back', () => {
    const window = new PullWindow(2, 1);
    expect(window.next()).toBe(2);
    window.received();
    window.received();
    expect(window.standAside()).toBe(true);
    expect(window.standAside()).toBe(false);
    expect(window.next()).toBe(1);
    window.received();
    window.comeBack();
    expect(window.standAside()).toBe(true);
    window.comeBack();
    // Three are in flight: two must be settled before one is asked for.
    window.settled();
    expect(window.next()).toBe(0);
    window.settled();
    expect(window.next()).toBe(1);
  });

  it('never has more in flight than its capacity, and never starves', () => {
    const step = fc.constantFrom('deliver', 'settle', 'expire', 'lose', 'aside', 'back' as const);
    const maxAside = 3;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (capacity, steps) => {
        const window = new PullWindow(capacity, maxAside);
        let aside = 0;
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
          } else if (each === 'aside' && inFlight > 0) {
            expect(window.standAside()).toBe(aside < maxAside);
            if (aside < maxAside) {
              aside += 1;
              inFlight -= 1;
            }
          } else if (each === 'back' && aside > 0) {
            aside -= 1;
            inFlight += 1;
            window.comeBack();
          } else if (each === 'expire') {
            window.requestEnded(open);
            open = 0;
          } else if (each === 'lose') {
            window.requestsLost();
            open = 0;
          }
          const asked = window.next();
          open += asked;
          // Those that came back are more than was asked for; nothing is asked for on top of them.
          expect(inFlight + open).toBeLessThanOrEqual(capacity + maxAside);
          expect(asked === 0 || inFlight + open <= capacity).toBe(true);
          expect(open > 0 || inFlight >= capacity).toBe(true);
        }
      }),
    );
  });
});
