import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import type { ToolCallFinished } from '@interject/contracts';
import { resultCounts } from './harness/account.js';
import { InterjectSystem } from './harness/interject-system.js';
import { PATIENT } from './harness/scenarios.js';
import type { Played } from './harness/simulator.js';

function expectPassed(played: Played): void {
  if (played.verdict !== 'passed') throw new Error(`${played.reasons.join('\n')}\n${played.transcript}`);
}

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

describe('the appointments worker', () => {
  let system: InterjectSystem;

  beforeAll(async () => {
    system = await InterjectSystem.start({
      services: ['gateway', 'notifier', 'appointments-worker'],
      env: { APPOINTMENTS_SEARCH_DELAY_MS: '1500' },
    });
  }, 90_000);
  afterAll(async () => {
    const codes = await system.stop();
    expect([...codes.values()].every((code) => code === 0)).toBe(true);
  }, 30_000);

  async function results(name: string): Promise<ToolCallFinished[]> {
    const messages = await system.inspector.messages('CALL_EVENTS', /\.result\./);
    return messages.map(({ data }) => data as ToolCallFinished).filter((result) => result.tool === name);
  }

  it('finds free slots, and the caller hears them', async () => {
    const played = await system.simulator.play(
      call('find_slots', { service: 'dentist' }, [{ heard: 'these times are free', times: 1 }]),
    );
    expectPassed(played);
  });

  it('gives a slot to one of two callers, and tells the other the next free ones', async () => {
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

  it('is killed in the middle of a job: the job is run again by the next one, and said once', async () => {
    const before = (await results('find_slots')).length;
    const scenario = call('find_slots', { service: 'physiotherapist' }, [{ heard: '/./', times: 1 }]);
    const playing = system.simulator.play(scenario);
    const worker = system.service('appointments-worker');
    await eventually(async () => /interject_jobs_running\{tool="find_slots"\} 1/.test(await worker.metrics()));
    await worker.kill();
    expect((await results('find_slots')).length).toBe(before);
    worker.start();
    expectPassed(await playing);
    expect((await results('find_slots')).length).toBe(before + 1);
    expect((await resultCounts(system)).every((count) => count === 1)).toBe(true);
  }, 90_000);
});
