import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Buckets, Streams } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { InterjectSystem } from './harness/interject-system.js';
import { reportCall } from './harness/scenarios.js';

const CALLS = 40;
const STORES: readonly string[] = [...Object.values(Streams), ...Object.values(Buckets).map((name) => `KV_${name}`)];

/**
 * What one call with one async tool call leaves in each stream: the arithmetic of docs/guides/nats.md. A call has its start
 * and end, a short result and about ten speech events.
 */
describe('the store that a call takes', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
  }, 60_000);

  async function sizes(): Promise<ReadonlyMap<string, number>> {
    const all = await Promise.all(STORES.map(async (name) => system.inspector.size(name)));
    return new Map(STORES.map((name, i) => [name, all[i]?.bytes ?? 0]));
  }

  it('stays within what the limits of the streams are made for', async () => {
    const before = await sizes();
    const played = await system.simulator.play(reportCall('region {{call}}', { calls: CALLS }));
    const [callId] = played.calls.map((call) => call.callId);
    await eventually(async () => {
      const { body } = await system.api(`/calls/${String(callId)}`);
      return (body as { status?: string }).status === 'ended';
    });
    const after = await sizes();
    const perCall = STORES.map((name) => {
      const bytes = ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / CALLS;
      return { name, bytes: Math.round(bytes) };
    });
    process.stdout.write(
      `${perCall.map(({ name, bytes }) => `${name.padEnd(14)} ${String(bytes)} bytes`).join('\n')}\n`,
    );
    const filed = perCall.filter(({ name }) => !['FLOOR', 'KV_leases', 'KV_workers'].includes(name));
    const total = filed.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(total).toBeGreaterThan(1_000);
    expect(total).toBeLessThan(10_000);
  }, 60_000);
});
