import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { job, planCall } from './harness/scenarios.js';
import { eventsOf, historyIn, recordsOf } from './harness/stage.js';

const TEXT = 'The red one is in stock.';

/** @param until what shows that the next owner has taken over; it gets some time more to do wrong */
const waiting = (name: string, faults: object, until: object, expectations: readonly object[]): object =>
  planCall({
    name,
    tools: ['plain'],
    faults,
    steps: [{ caller: 'Please look.' }, { toolCalls: [job('plain', TEXT, 500)] }, until, { wait: 12_000 }],
    expect: expectations,
  });

/** Accepts, and does not answer before the sender is dead. */
const hang = (accepted: boolean): object => ({ controlHang: { forMs: 100_000, nth: 1, accepted } });
const BURST = { controlErrors: { status: 503, nth: 1, forMs: 15_000 } };

describe('the notifier is killed', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
  }, 30_000);

  it('between a POST and its answer: unconfirmed, not repeated; while it waits to try again: said, not lost', async () => {
    const { simulator } = system;
    const contextSent = { waitForControl: { count: 2, withinMs: 100_000 } };
    const heard = { waitForHeard: { count: 1, withinMs: 100_000 } };
    const told = [{ context: 'the caller may not have heard it' }];
    const spoken = simulator.begin(waiting('spoken', hang(true), contextSent, [{ heard: TEXT, times: 1 }, ...told]));
    const dropped = simulator.begin(waiting('dropped', hang(false), contextSent, [{ never: '/./' }, ...told]));
    const refused = simulator.begin(waiting('refused', BURST, heard, [{ heard: TEXT, times: 1 }]));
    // The third pause is a second long: it is killed within.
    await eventually(
      async () => {
        const records = await recordsOf(system, await refused.callId);
        return records.filter(({ final }) => final === false).length >= 3;
      },
      { intervalMs: 20 },
    );
    for (const { callId } of [spoken, dropped]) {
      expect((await recordsOf(system, await callId)).map(({ state }) => state)).toEqual(['sending']);
    }
    await system.service('notifier').kill();
    await system.add('notifier', 'notifier-2');
    for (const each of [spoken, dropped]) {
      const played = await each.played;
      expectPassed(played);
      expect((await historyIn(system, await each.callId)).states).toBe('sending unconfirmed');
      const [call] = played.calls;
      const says = call === undefined ? [] : eventsOf(call, 'control-received');
      // The POST that hung, and the word to the model.
      expect(says).toHaveLength(2);
    }
    expectPassed(await refused.played);
    expect((await historyIn(system, await refused.callId)).allStates).toMatch(/^(sending sending~ )+sending heard$/);
  }, 60_000);
});
