import { describe, expect, it } from '@jest/globals';
import { MAX_A_TURN, MAX_BODY_BYTES, MAX_PROBES, MAX_PUBLISHES, MAX_REQUESTS } from './admission-limits.js';
import { brokerShedReason, requestShedReason, speechShedReason } from './pressure.js';
import type { Load } from './pressure.js';

const QUIET: Load = {
  requests: 0,
  turn: 0,
  turnLimit: MAX_A_TURN,
  bodyBytes: 0,
  loopDelayMs: 0,
  broker: { publishes: 0, ackMs: 0 },
};

function load(over: Partial<Load>): Load {
  return { ...QUIET, ...over };
}

describe('what is shed', () => {
  it('is nothing in a quiet hour', () => {
    expect(speechShedReason(QUIET, true)).toBeUndefined();
    expect(requestShedReason(QUIET, 10 * 1024 * 1024)).toBeUndefined();
  });

  it.each([
    [{ loopDelayMs: 120 }, 'event-loop'],
    [{ broker: { publishes: 1, ackMs: 400 } }, 'broker-slow'],
    [{ broker: { publishes: MAX_PUBLISHES / 2, ackMs: 20 } }, 'publishes'],
    [{ requests: MAX_REQUESTS / 2 }, 'requests'],
    [{ bodyBytes: MAX_BODY_BYTES / 2 }, 'body-bytes'],
  ] as const)('is dispensable speech first, while all else is let in: %j', (over, reason) => {
    expect(speechShedReason(load(over), true)).toBe(reason);
    expect(speechShedReason(load(over), false)).toBeUndefined();
    expect(requestShedReason(load(over), 6000)).toBeUndefined();
  });

  it.each([
    [{ loopDelayMs: 200 }, 'event-loop'],
    [{ broker: { publishes: 1, ackMs: 600 } }, 'broker-slow'],
    [{ broker: { publishes: 0.75 * MAX_PUBLISHES, ackMs: 20 } }, 'publishes'],
    [{ requests: 0.75 * MAX_REQUESTS }, 'requests'],
    [{ bodyBytes: 0.75 * MAX_BODY_BYTES }, 'body-bytes'],
  ] as const)('is all speech then, while requests are let in: %j', (over, reason) => {
    expect(speechShedReason(load(over), false)).toBe(reason);
    expect(requestShedReason(load(over), 6000)).toBeUndefined();
  });

  it.each([
    [{ requests: MAX_REQUESTS }, 'requests'],
    [{ turn: 50, turnLimit: 50 }, 'event-loop'],
    [{ bodyBytes: MAX_BODY_BYTES - 5000 }, 'body-bytes'],
  ] as const)('is the rest at the end: %j', (over, reason) => {
    expect(requestShedReason(load(over), 6000)).toBe(reason);
  });

  it('is not a body that is too large for what is left, when it is the only one', () => {
    expect(requestShedReason(QUIET, MAX_BODY_BYTES + 1)).toBeUndefined();
  });

  it('is what goes to a broker that has enough to do, and not the body that it came in', () => {
    const full = { publishes: MAX_PUBLISHES, ackMs: 20 };
    expect(brokerShedReason(load({ broker: full }))).toBe('publishes');
    expect(requestShedReason(load({ broker: full }), 6000)).toBeUndefined();
    expect(brokerShedReason(load({ broker: { publishes: 100, ackMs: 1200 } }))).toBe('broker-slow');
    expect(brokerShedReason(load({ broker: { publishes: 1000, ackMs: 600 } }))).toBeUndefined();
  });

  it('does not take our own delay for the broker’s', () => {
    const broker = { publishes: 100, ackMs: 1200 };
    expect(brokerShedReason(load({ broker, loopDelayMs: 400 }))).toBeUndefined();
    expect(speechShedReason(load({ broker, loopDelayMs: 40 }), false)).toBe('broker-slow');
  });

  it('leaves a few that find out whether a silent broker is back', () => {
    const silent = (publishes: number): Load => load({ broker: { publishes, ackMs: 5000 } });
    expect(brokerShedReason(silent(MAX_PROBES - 1))).toBeUndefined();
    expect(brokerShedReason(silent(MAX_PROBES))).toBe('broker-slow');
  });
});
