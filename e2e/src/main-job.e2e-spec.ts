import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { finalStates, ledger, resultCounts } from './harness/account.js';
import { eventually } from '@interject/testing';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { BUILD_REPORT, report, reportCall } from './harness/scenarios.js';

describe('an async tool call', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterEach(() => {
    system.backend.reset();
  });
  afterAll(async () => {
    const codes = await system.stop();
    expect([...codes.values()].every((code) => code === 0)).toBe(true);
  });

  it('is spoken back into its call, once, and known to be heard', async () => {
    const played = await system.simulator.play(reportCall('north'));
    expectPassed(played);
    expect(played.heard).toEqual([report('north')]);
    expect(await finalStates(system, 1)).toEqual(['heard']);
    expect(system.backend.requests).toEqual([
      { idempotencyKey: expect.stringMatching(/^[a-z2-7]{26}$/), body: { region: 'north' } },
    ]);
  });

  it('can be looked up afterwards: what was asked and what became of it', async () => {
    expectPassed(await system.simulator.play(reportCall('looked up')));
    const record = [...(await ledger(system)).values()].at(-1);
    const { status, body } = await eventually(async () => {
      const answer = await system.api(`/calls/${record?.callId ?? ''}`);
      return (answer.body as { status?: string }).status === 'ended' ? answer : undefined;
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      callId: record?.callId,
      endedReason: 'customer-ended-call',
      toolCalls: [{ tool: 'build_report' }],
      utterances: [{ state: 'heard', times: { queuedAt: expect.any(Number), endedAt: expect.any(Number) } }],
    });
    expect(await system.api('/calls/no-such-call')).toMatchObject({ status: 404 });
  });

  it('waits until the caller has finished', async () => {
    system.backend.hold();
    const scenario = reportCall('patient', {
      meanwhile: [
        {
          caller: 'While you do that, let me tell you a rather long story about what happened on my way here today.',
          background: true,
        },
        { wait: 500 },
      ],
    });
    const playing = system.simulator.play(scenario);
    await system.backend.received(1);
    system.backend.release();
    expectPassed(await playing);
  });

  it('never reaches another call, with many at once', async () => {
    const calls = 8;
    const played = await system.simulator.play({
      ...(reportCall('region {{call}}', { name: 'many', calls }) as Record<string, unknown>),
      expect: [
        { heard: 'Your region {{call}} report', times: 1 },
        { heard: 'report is ready', times: 1 },
      ],
    });
    expectPassed(played);
    expect(new Set(played.heard).size).toBe(calls);
  });

  it('is done and said once, however often the webhook comes', async () => {
    const results = (await resultCounts(system)).length;
    expectPassed(await system.simulator.play(reportCall('twice', { deliver: 3 })));
    expect(system.backend.requests).toHaveLength(1);
    const counts = await resultCounts(system);
    expect(counts).toHaveLength(results + 1);
    expect(counts.every((count) => count === 1)).toBe(true);
  });

  it('is answered pending and spoken later when the tool is synchronous', async () => {
    const scenario = reportCall('sync', { async: false }) as Record<string, unknown>;
    const played = await system.simulator.play({
      ...scenario,
      expect: [{ heard: report('sync'), times: 1 }, { reply: { status: 200, result: 'There is no result yet' } }],
    });
    expectPassed(played);
  });

  it('is refused by name when nobody runs it, and nothing is said', async () => {
    const played = await system.simulator.play({
      name: 'unknown tool',
      tools: [{ ...BUILD_REPORT, name: 'no_such_tool' }],
      steps: [{ toolCalls: [{ tool: 'no_such_tool', arguments: {} }] }, { wait: 2000 }, { hangUp: true }],
      expect: [{ reply: { status: 200, error: 'not available' } }, { never: '/./' }],
    });
    expectPassed(played);
  });
});
