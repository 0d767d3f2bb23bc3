import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionOf } from '@interject/contracts';
import { eventually } from '@interject/testing';
import { runCommand } from './harness/command-line.js';
import type { CommandResult } from './harness/command-line.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { report, reportCall } from './harness/scenarios.js';
import { historyIn } from './harness/stage.js';

const BEFORE = 16;
const AFTER = 5;

let system: InterjectSystem;

const partitions = (...args: string[]): Promise<CommandResult> =>
  runCommand(['interject', 'partitions', ...args], { NATS_URL: system.nats.url });

/** Calls at once, each in whatever partition it falls. Resolves to their ids when all is heard and known to have ended. */
async function callsAbout(region: string): Promise<string[]> {
  const scenario = { ...reportCall(`${region} {{call}}`, { name: region, calls: 4 }) };
  const played = await system.simulator.play({
    ...scenario,
    expect: [{ heard: report(`${region} {{call}}`), times: 1 }],
  });
  expectPassed(played);
  expect(played.heard).toHaveLength(4);
  const ids = played.calls.map(({ callId }) => callId);
  for (const id of ids) expect((await historyIn(system, id)).states).toBe('sending heard');
  const ended = async (): Promise<boolean> => {
    const events = await system.inspector.subjects('CALL_EVENTS');
    return (
      events.filter((subject) => subject.endsWith('.ended')).length >=
      events.filter((s) => s.endsWith('.status')).length
    );
  };
  await eventually(ended, { timeoutMs: 20_000, intervalMs: 200 });
  return ids;
}

/** The steps of docs/guides/upgrades.md, "Another number of partitions". */
describe('another number of partitions', () => {
  beforeAll(async () => {
    system = await InterjectSystem.start();
  }, 60_000);
  afterAll(async () => {
    await system.stop();
  }, 60_000);

  it('is refused beside running services, taken when they have stopped, and nothing is lost or said again', async () => {
    const old = await callsAbout('before');
    const refused = await partitions(String(AFTER));
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(/gateways and notifiers and workers still run/),
    ]);

    const services = [...system.services.values()];
    expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0]);
    const changed = await eventually(
      async () => {
        const result = await partitions(String(AFTER));
        if (result.code !== 0) throw new Error(result.err);
        return result;
      },
      { timeoutMs: 15_000, intervalMs: 500 },
    );
    expect(changed.out).toContain(`${String(AFTER)} partitions, ${String(BEFORE)} before`);
    for (const service of services) service.start();
    await system.ready();
    const shown = await system.service('notifier').ready(({ checks }) => checks['partitions']?.['owned'] === AFTER);
    expect(shown.checks['partitions']).toMatchObject({ partitions: AFTER });

    const fresh = await callsAbout('after');
    const records = await system.inspector.messages('UTTERANCES');
    const subjectsOf = (callId: string): string[] =>
      records.filter(({ data }) => JSON.stringify(data).includes(callId)).map(({ subject }) => subject);
    for (const id of fresh)
      expect(new Set(subjectsOf(id))).toEqual(new Set([`utterances.${String(partitionOf(id, AFTER))}`]));
    // Calls of before were said once, and are still found.
    for (const id of old) {
      expect((await historyIn(system, id)).states).toBe('sending heard');
      expect((await system.api(`/calls/${id}`)).body).toMatchObject({ callId: id, endedReason: 'customer-ended-call' });
      expect((await runCommand(['interject', 'call', id], { NATS_URL: system.nats.url })).out).toContain(
        'result of build_report',
      );
    }
  }, 120_000);
});
