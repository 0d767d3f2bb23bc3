import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { finalStates, ledger, resultCounts } from './harness/account.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { reportCall } from './harness/scenarios.js';

/** Repeats a webhook that was not stored; real calls have it too (VAPI.md 4). */
const BACKOFF = { type: 'fixed', maxRetries: 10, baseDelaySeconds: 2 };

describe('while a job runs', () => {
  let system: InterjectSystem;

  beforeEach(async () => {
    system = await InterjectSystem.start();
    system.backend.hold();
  }, 60_000);
  afterEach(async () => {
    await system.stop();
  }, 30_000);

  it('its worker is killed: another one runs it again, one result, said once', async () => {
    const playing = system.simulator.play(reportCall('killed worker', { withinMs: 120_000 }));
    await system.backend.received(1);
    await system.service('http-worker').kill();
    const killed = performance.now();
    await system.add('http-worker', 'http-worker-2');
    await system.backend.received(2);
    // 5 s after the worker is there again: ack_wait is 4 s.
    expect(performance.now() - killed).toBeLessThan(8000);
    system.backend.release();
    expectPassed(await playing);
    expect(await resultCounts(system)).toEqual([1]);
    expect(new Set(system.backend.requests.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await finalStates(system, 1)).toEqual(['heard']);
  }, 60_000);

  it('the notifier is killed: the next one says the result', async () => {
    const playing = system.simulator.play(reportCall('killed notifier', { withinMs: 120_000 }));
    await system.backend.received(1);
    await system.service('notifier').kill();
    system.backend.release();
    await eventually(async () => (await resultCounts(system)).length === 1);
    await system.add('notifier', 'notifier-2');
    expectPassed(await playing);
    expect(await finalStates(system, 1)).toEqual(['heard']);
  }, 60_000);

  it('the gateway is killed: another one goes on with the call', async () => {
    const playing = system.simulator.play(reportCall('killed gateway', { withinMs: 120_000, backoffPlan: BACKOFF }));
    await system.backend.received(1);
    await system.service('gateway').kill();
    await (await system.add('gateway', 'gateway-2')).ready();
    system.backend.release();
    expectPassed(await playing);
  }, 60_000);

  it('NATS is restarted: the result is said, and the next call works', async () => {
    const playing = system.simulator.play(reportCall('restarted NATS', { withinMs: 120_000, backoffPlan: BACKOFF }));
    await system.backend.received(1);
    await system.nats.restart();
    system.backend.release();
    expectPassed(await playing);
    expectPassed(
      await system.simulator.play(reportCall('after the restart', { withinMs: 60_000, backoffPlan: BACKOFF })),
    );
    expect((await resultCounts(system)).every((count) => count === 1)).toBe(true);
  }, 90_000);

  it('another notifier joins and the first is killed while several calls wait: all are heard, none twice', async () => {
    const playing = system.simulator.play({
      ...reportCall('region {{call}}', { name: 'many', calls: 6, withinMs: 150_000 }),
      expect: [
        { heard: 'Your region {{call}} report', times: 1 },
        { heard: 'report is ready', times: 1 },
      ],
    });
    await system.backend.received(6);
    const second = await system.add('notifier', 'notifier-2');
    await second.ready();
    await system.service('notifier').kill();
    system.backend.release();
    expectPassed(await playing);
    const records = await ledger(system);
    expect([...records.values()].map(({ state }) => state)).toEqual(new Array(6).fill('heard'));
  }, 90_000);

  it('the notifier is frozen and wakes up: what the other one has said meanwhile is not said again', async () => {
    const playing = system.simulator.play(reportCall('frozen', { withinMs: 150_000, meanwhile: [{ wait: 100 }] }));
    await system.backend.received(1);
    const frozen = system.service('notifier');
    frozen.signal('SIGSTOP');
    await (await system.add('notifier', 'notifier-2')).ready();
    system.backend.release();
    const played = await playing.finally(() => {
      frozen.signal('SIGCONT');
    });
    expectPassed(played);
    // Awake again, it must notice that its partitions have another owner, and get its share of them back in order.
    await frozen.ready();
    expectPassed(await system.simulator.play(reportCall('thawed', { withinMs: 60_000 })));
    const states = [...(await ledger(system)).values()].map(({ state }) => state);
    expect(states).toEqual(['heard', 'heard']);
  }, 90_000);
});
