import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { handlerRegistration } from '../definition/handler-registration.js';
import { BrokerTime } from '../registration/broker-time.js';
import { NoArguments } from '../no-arguments.js';
import { ToolBench } from '../testing/tool-bench.js';

const SKEW_MS = 30_000;
/** Shorter than the skew. */
const QUEUE_EXPIRY_MS = 5000;
/** The broker's clock, when the tool call is stored. */
const STORED_AT = 9_000_000;

function setUp() {
  const clock = new VirtualClock();
  const brokerTime = new BrokerTime(clock);
  const options = { name: 'look_up', description: 'Looks up.', arguments: NoArguments, queueExpiryMs: QUEUE_EXPIRY_MS };
  const registration = handlerRegistration(options, { run: () => 'Done.' }, 'LookUp');
  const bench = new ToolBench(registration, clock, Log.silent(), brokerTime);
  const run = async (requestedAt: number, storedAt = STORED_AT) =>
    (await bench.run({}, { request: { requestedAt }, storedAt })).outcome;
  return { clock, brokerTime, bench, run };
}

describe('a worker whose clock differs from the gateway', () => {
  it('runs a job that was asked for just now, though it looks half a minute old', async () => {
    const { clock, brokerTime, run } = setUp();
    brokerTime.heard(STORED_AT);
    expect(await run(clock.now() - SKEW_MS)).toBe('succeeded');
  });

  it('refuses a job that has waited too long, though it looks new', async () => {
    const { clock, brokerTime, run } = setUp();
    brokerTime.heard(STORED_AT + QUEUE_EXPIRY_MS + 1);
    expect(await run(clock.now() + SKEW_MS)).toBe('expired');
  });

  it('waits for the broker to be heard before it calls a job too late, right after its start', async () => {
    const { clock, brokerTime, run } = setUp();
    clock.setTimeout(() => {
      brokerTime.heard(STORED_AT + 200);
    }, 200);
    expect(await run(clock.now() - SKEW_MS)).toBe('succeeded');
  });

  it('has to believe the gateway when the broker is not heard', async () => {
    const { clock, run } = setUp();
    expect(await run(clock.now() - SKEW_MS)).toBe('expired');
  });
});
