import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startPostgres } from '@interject/testing';
import type { RunningPostgres } from '@interject/testing';
import type { ToolCallFinished } from '@interject/contracts';
import { resultCounts } from './harness/account.js';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import { PATIENT } from './harness/scenarios.js';

const tool = (name: string): object => ({
  name,
  async: true,
  description: name,
  parameters: { type: 'object', properties: {} },
});

const call = (name: string, args: object, expectations: readonly object[], more: object = {}): object => ({
  name,
  behaviour: PATIENT,
  tools: [tool(name)],
  steps: [
    { caller: 'Please have a look.' },
    { toolCalls: [{ tool: name, arguments: args }] },
    { waitForHeard: { count: 1, withinMs: 90_000 } },
    { hangUp: true },
  ],
  expect: expectations,
  ...more,
});

/** 09:00 of a Tuesday that is more than a week ahead: within opening hours, and never in the past. */
function aTuesdayMorning(): string {
  const day = new Date(Date.now() + 8 * 86_400_000);
  while (day.getUTCDay() !== 2) day.setUTCDate(day.getUTCDate() + 1);
  return `${day.toISOString().slice(0, 10)}T09:00`;
}

describe('two appointments workers on one PostgreSQL server', () => {
  let postgres: RunningPostgres;
  let system: InterjectSystem;

  beforeAll(async () => {
    postgres = await startPostgres();
    system = await InterjectSystem.start({
      services: ['gateway', 'notifier', 'appointments-worker'],
      env: { DATABASE_URL: postgres.url, APPOINTMENTS_SEARCH_DELAY_MS: '1500' },
    });
    await system.add('appointments-worker', 'appointments-worker-2');
    await system.ready();
  }, 90_000);
  afterAll(async () => {
    const codes = await system.stop().finally(() => postgres.stop());
    expect([...codes.values()].every((code) => code === 0)).toBe(true);
  }, 30_000);

  async function results(name: string): Promise<ToolCallFinished[]> {
    const messages = await system.inspector.messages('CALL_EVENTS', /\.result\./);
    return messages.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === name);
  }

  it('find free slots, and the caller hears them', async () => {
    const expectations = [{ heard: 'these times are free', times: 1 }];
    expectPassed(await system.simulator.play(call('find_slots', { service: 'dentist' }, expectations)));
  });

  it('give a slot to one of two callers, and tell the other the next free ones', async () => {
    const args = { name: 'Caller {{call}}', practitioner: 'Anna Weber', startsAt: aTuesdayMorning() };
    const scenario = call('book_appointment', args, [{ heard: '/./', times: 1 }], { calls: 2 });
    const played = await system.simulator.play(scenario);
    expectPassed(played);
    expect(played.heard.filter((text) => text.includes('You are booked'))).toHaveLength(1);
    const bookings = (await results('book_appointment')).map(({ outcome, data }) => ({ outcome, ...(data as object) }));
    expect(bookings).toHaveLength(2);
    expect(bookings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ outcome: 'succeeded', booked: true }),
        expect.objectContaining({ outcome: 'succeeded', booked: false, reason: 'taken' }),
      ]),
    );
  });

  it('take over a job from the one that is killed: one result, said once', async () => {
    const before = (await results('find_slots')).length;
    const scenario = call('find_slots', { service: 'physiotherapist' }, [{ heard: '/./', times: 1 }]);
    const playing = system.simulator.play(scenario);
    const busy = await eventually(async () => {
      for (const key of ['appointments-worker', 'appointments-worker-2']) {
        const worker = system.service(key);
        if (/interject_jobs_running\{tool="find_slots"\} 1/.test(await worker.metrics())) return worker;
      }
      return undefined;
    });
    await busy.kill();
    const killed = performance.now();
    expect((await results('find_slots')).length).toBe(before);
    await eventually(async () => (await results('find_slots')).length > before, { timeoutMs: 20_000 });
    // Within 5 s another one has begun (the lease is 4 s); the search itself takes 1.5 s.
    expect(performance.now() - killed).toBeLessThan(5000 + 1500 + 1000);
    expectPassed(await playing);
    expect((await results('find_slots')).length).toBe(before + 1);
    expect((await resultCounts(system)).every((count) => count === 1)).toBe(true);
  }, 90_000);
});
