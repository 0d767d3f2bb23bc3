import { describe, expect, it } from '@jest/globals';
import { REPLAY_FOR_HEADER } from '@interject/contracts';
import { Log } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { CallEventExecution } from './call-event-execution.js';
import { compileCallEvent } from './call-event-registration.js';

const EVENT = { callId: 'call-1', utteranceId: 'u-1', reason: 'call-ended', text: 'Done.', at: 1 };
const OURS = 'follow-up-undelivered';

function setUp() {
  const handled: unknown[] = [];
  const outcomes: string[] = [];
  const held: number[] = [];
  const listener = { handle: (event: unknown) => handled.push(event) };
  const { registration } = compileCallEvent({ event: 'undelivered', timeoutMs: 5000 }, listener, 'Spec');
  if (registration === undefined) throw new Error('the handler does not fit');
  const execution = new CallEventExecution(registration, {
    clock: new VirtualClock(),
    observer: { started: () => undefined, ended: (_event, outcome) => outcomes.push(outcome) },
    log: Log.silent(),
    random: () => 0.5,
    durable: OURS,
  });
  const deliver = (data: unknown, headers: Record<string, string>) =>
    execution.handle(data, {
      deliveryCount: 1,
      storedAt: 0,
      headers,
      signal: new AbortController().signal,
      holdFor: (ms) => held.push(ms),
    });
  return { deliver, handled, outcomes, held };
}

describe('a dead letter that is given to one handler again', () => {
  it('is skipped by the others, whether they could read it or not', async () => {
    const { deliver, handled, outcomes } = setUp();
    await deliver(EVENT, { [REPLAY_FOR_HEADER]: 'another-undelivered' });
    await deliver('poison', { [REPLAY_FOR_HEADER]: 'another-undelivered' });
    expect(handled).toEqual([]);
    expect(outcomes).toEqual([]);
  });

  it('is handled by that one, as is what names nobody', async () => {
    const { deliver, handled, outcomes, held } = setUp();
    await deliver(EVENT, { [REPLAY_FOR_HEADER]: OURS });
    await deliver(EVENT, {});
    expect(handled).toHaveLength(2);
    expect(outcomes).toEqual(['handled', 'handled']);
    expect(held).toEqual([35_000, 35_000]);
  });
});
