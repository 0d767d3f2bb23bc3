import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { Database } from '../database/database.js';
import { fakeCall } from '../testing/fake-call.js';
import { ToolBench } from '../testing/tool-bench.js';
import { BookAppointment } from './book-appointment.tool.js';
import type { CancelAppointmentArguments } from './cancel-appointment.arguments.js';
import { CancelAppointment } from './cancel-appointment.tool.js';

/** The embedded database takes seconds to start. */
jest.setTimeout(60_000);

/** A Monday, before the practice opens. */
const NOW = Date.UTC(2026, 10, 23, 7, 0);

describe('cancel_appointment', () => {
  const clock = new VirtualClock(NOW);
  let bench: ToolBench;
  let tool: CancelAppointment;
  let keys = 0;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock });
    tool = bench.get(CancelAppointment);
  });
  afterAll(() => bench.stop());
  beforeEach(() => bench.reset());

  async function book(name: string, service: string, startsAt: string): Promise<string> {
    const answer = await bench
      .get(BookAppointment)
      .run({ name, service, startsAt }, fakeCall(`book-${String(++keys)}`));
    if (!answer.booked) throw new Error(answer.reason);
    return answer.reference;
  }

  async function cancel(args: CancelAppointmentArguments, key = `cancel-${String(++keys)}`) {
    const answer = await tool.run(args, fakeCall(key));
    return { ...answer, said: tool.say(answer) };
  }

  it('cancels by the reference, however it was heard, and frees the slot', async () => {
    const reference = await book('Ada Lovelace', 'physiotherapist', '2026-11-24T14:00');

    const answer = await cancel({ reference: [...reference].join(' - ') });

    expect(answer).toEqual({
      cancelled: true,
      reference,
      startsAt: '2026-11-24T14:00:00+00:00',
      service: 'physiotherapist',
      practitioner: 'Maya Chen',
      said: "Your appointment with Maya Chen on Tuesday the 24th at 2 o'clock in the afternoon is cancelled.",
    });
    await expect(book('Grace Hopper', 'physiotherapist', '2026-11-24T14:00')).resolves.toMatch(/^\d{6}$/);
  });

  it.each(['ada lovelace', 'Ms. Lovelace', 'Ada'])('cancels by the name %s and the time', async (name) => {
    await book('Ada Lovelace', 'dentist', '2026-11-24T14:00');
    await book('Grace Hopper', 'dentist', '2026-11-24T14:00');

    expect(await cancel({ name, startsAt: '2026-11-24T14:00' })).toMatchObject({ cancelled: true });
    const left = await bench
      .get(Database)
      .run((db) => db.selectFrom('appointments').select('caller_name').where('cancelled_at', 'is', null).execute());
    expect(left).toEqual([{ caller_name: 'Grace Hopper' }]);
  });

  it('answers a repeat of the tool call alike, and another one that it was cancelled already', async () => {
    const reference = await book('Ada Lovelace', 'dentist', '2026-11-24T14:00');
    const first = await cancel({ reference }, 'same');

    expect(await cancel({ reference }, 'same')).toEqual(first);
    expect(await cancel({ reference })).toEqual({
      cancelled: false,
      reason: 'already-cancelled',
      said: 'That appointment has been cancelled already.',
    });
  });

  it('asks for the reference when two are meant', async () => {
    await book('Ada Lovelace', 'dentist', '2026-11-24T14:00');
    await book('Ada Byron', 'dentist', '2026-11-24T14:00');

    expect(await cancel({ name: 'Ada', startsAt: '2026-11-24T14:00' })).toMatchObject({ reason: 'ambiguous' });
  });

  it('leaves what is over as it is', async () => {
    const reference = await book('Ada Lovelace', 'dentist', '2026-11-23T08:30');
    await clock.advance(2 * 3_600_000);

    expect(await cancel({ reference })).toMatchObject({ cancelled: false, reason: 'past' });
  });

  it.each([
    [{}, 'nothing-named'],
    [{ name: 'Ada Lovelace' }, 'nothing-named'],
    [{ startsAt: '2026-11-24T14:00' }, 'nothing-named'],
    [{ name: 'Ada Lovelace', startsAt: 'Tuesday' }, 'unclear-time'],
    [{ name: 'Ada Lovelace', startsAt: '2026-11-24T14:30' }, 'not-found'],
    [{ name: 'Grace Hopper', startsAt: '2026-11-24T14:00' }, 'not-found'],
    [{ reference: '12345' }, 'not-found'],
    [{ reference: "1' or 1=1" }, 'not-found'],
  ])('refuses %j as %s', async (args, reason) => {
    await book('Ada Lovelace', 'dentist', '2026-11-24T14:00');

    const answer = await cancel(args);

    expect(answer).toMatchObject({ cancelled: false, reason });
    expect(answer.said).toMatch(/[.?]$/);
  });
});
