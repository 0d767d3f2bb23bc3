import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { ToolBench as WorkerBench } from '@interject/worker-sdk/testing';
import { Database } from '../database/database.js';
import { DatabaseErrorCodes } from '../database/database.errors.js';
import { fakeCall } from '../testing/fake-call.js';
import { ToolBench } from '../testing/tool-bench.js';
import { BookAppointment } from './book-appointment.tool.js';
import type { BookAppointmentArguments } from './book-appointment.arguments.js';

/** The embedded database takes seconds to start. */
jest.setTimeout(60_000);

/** A Monday, before the practice opens. */
const NOW = Date.UTC(2026, 10, 23, 7, 0);
const ADA = { name: 'Ada Lovelace', phone: '+44 20 7946 0000' };

describe('book_appointment', () => {
  let bench: ToolBench;
  let tool: BookAppointment;
  let keys = 0;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock: new VirtualClock(NOW) });
    tool = bench.get(BookAppointment);
  });
  afterAll(() => bench.stop());
  beforeEach(() => bench.reset());

  async function book(args: BookAppointmentArguments, key = `book-${String(++keys)}`) {
    const answer = await tool.run(args, fakeCall(key));
    return { ...answer, said: tool.say(answer) };
  }

  async function rows() {
    return bench.get(Database).run((connection) => connection.selectFrom('appointments').selectAll().execute());
  }

  it('books a time and says the reference digit by digit', async () => {
    const answer = await book({ ...ADA, service: 'dentist', startsAt: '2026-11-24T09:30' });

    expect(answer).toEqual({
      booked: true,
      reference: expect.stringMatching(/^\d{6}$/),
      slot: {
        slotId: 'anna-weber@2026-11-24T09:30:00Z',
        startsAt: '2026-11-24T09:30:00+00:00',
        service: 'dentist',
        practitioner: 'Dr. Anna Weber',
      },
      said: expect.stringMatching(
        /^You are booked with Doctor Weber on Tuesday the 24th at 9 thirty\. Your reference is \d \d \d, \d \d \d\.$/,
      ),
    });
    expect(await rows()).toEqual([
      expect.objectContaining({
        practitioner_id: 'anna-weber',
        starts_at: new Date('2026-11-24T09:30:00Z'),
        ends_at: new Date('2026-11-24T10:00:00Z'),
        caller_name: 'Ada Lovelace',
        caller_phone: '+44 20 7946 0000',
        cancelled_at: null,
      }),
    ]);
  });

  it('runs as the worker runs it, with the number that Vapi fills in', async () => {
    const worker = WorkerBench.of(tool, new VirtualClock(NOW));
    const args = { name: 'Ada Lovelace', service: 'dentist', startsAt: '2026-11-24T09:30' };

    const result = await worker.run({ ...args, callerNumber: '+44 20 7946 0000' });

    expect(result).toMatchObject({ outcome: 'succeeded', attempts: 1, data: { booked: true } });
    expect(worker.said).toEqual([expect.stringMatching(/^You are booked with Doctor Weber/)]);
    expect(await rows()).toEqual([expect.objectContaining({ caller_phone: '+44 20 7946 0000' })]);
    expect(worker.definition).toMatchObject({
      staticArguments: { callerNumber: '{{ customer.number }}' },
      duplicates: { by: 'arguments', afterSuccessMs: 60_000 },
    });
  });

  it('keeps the number that the caller names rather than the one that calls, and needs neither', async () => {
    const worker = WorkerBench.of(tool, new VirtualClock(NOW));
    const args = { name: 'Ada Lovelace', service: 'dentist', startsAt: 'earliest' };
    const request = (toolCallId: string) => ({ request: { toolCallId } });

    await worker.run({ ...args, phone: '+49 30 1', callerNumber: '+44 20 7946 0000' }, request('1'));
    await worker.run({ ...args, callerNumber: '' }, request('2'));

    const phones = (await rows()).map(({ caller_phone: phone }) => phone);
    expect([...phones].sort()).toEqual(['+49 30 1', null]);
  });

  it('takes a slot id', async () => {
    const answer = await book({ ...ADA, slotId: 'maya-chen@2026-11-24T13:30:00Z' });

    expect(answer).toMatchObject({
      booked: true,
      slot: { practitioner: 'Maya Chen', startsAt: '2026-11-24T13:30:00+00:00' },
    });
    expect(answer.said).toContain('with Maya Chen on Tuesday the 24th at 1 thirty in the afternoon.');
  });

  it('books the earliest free time, each caller the next one', async () => {
    const starts = [];
    for (let i = 0; i < 3; i += 1) {
      const answer = await book({ ...ADA, service: 'dentist', startsAt: 'Earliest' });
      starts.push(answer.booked ? answer.slot.slotId : answer.reason);
    }

    expect(starts).toEqual([
      'anna-weber@2026-11-23T08:30:00Z',
      'tomas-novak@2026-11-23T08:30:00Z',
      'anna-weber@2026-11-23T09:00:00Z',
    ]);
  });

  it('gives the same booking to a repeat of the tool call', async () => {
    const args = { ...ADA, service: 'dentist', startsAt: 'earliest' };

    const first = await book(args, 'same');
    const second = await book(args, 'same');

    expect(second).toEqual(first);
    expect(await rows()).toHaveLength(1);
  });

  it('gives the same refusal to a repeat, even if the slot is free by then', async () => {
    const args = { ...ADA, practitioner: 'Weber', startsAt: '2026-11-24T09:30' };
    await book(args);
    const refused = await book(args, 'same');
    await bench.get(Database).run((db) =>
      db
        .updateTable('appointments')
        .set({ cancelled_at: new Date(NOW) })
        .execute(),
    );

    const repeat = await book(args, 'same');

    expect(refused).toMatchObject({ booked: false, reason: 'taken' });
    expect(repeat).toEqual(refused);
  });

  it('gives the time to the next practitioner who is free, then apologises', async () => {
    const args = { ...ADA, service: 'dentist', startsAt: '2026-11-24T09:30' };

    expect(await book(args)).toMatchObject({ booked: true, slot: { practitioner: 'Dr. Anna Weber' } });
    expect(await book(args)).toMatchObject({ booked: true, slot: { practitioner: 'Dr. Tomas Novak' } });
    const third = await book(args);

    expect(third).toMatchObject({ booked: false, reason: 'taken', requested: '2026-11-24T09:30:00+00:00' });
    expect(third.said).toBe(
      'I am sorry, Tuesday the 24th at 9 thirty has just been taken. With Doctor Weber the next free times are: ' +
        "Tuesday the 24th at 10 o'clock, 10 thirty or 11 o'clock. Which one suits you?",
    );
  });

  it.each([
    [
      '2026-11-24T09:40',
      'closed',
      "I am sorry, there are no appointments on Tuesday the 24th at 9 40. With Doctor Weber the next free times are: Tuesday the 24th at 10 o'clock, ",
    ],
    [
      '2026-11-28T10:00',
      'closed',
      "I am sorry, there are no appointments on Saturday the 28th at 10 o'clock. With Doctor Weber the next free times are: Monday the 30th at 8 thirty, ",
    ],
    [
      '2026-11-20T10:00',
      'past',
      "I am sorry, Friday the 20th at 10 o'clock is over. With Doctor Weber the next free times are: Monday the 23rd at 8 thirty, ",
    ],
    [
      '2028-11-24T10:00',
      'too-far-ahead',
      'I am sorry, we only book 90 days ahead. With Doctor Weber the next free times are: Monday the 23rd at 8 thirty, ',
    ],
  ])('refuses %s as %s', async (startsAt, reason, words) => {
    const answer = await book({ ...ADA, practitioner: 'Anna Weber', startsAt });

    expect(answer).toMatchObject({ booked: false, reason });
    expect(answer.said.slice(0, words.length)).toBe(words);
    expect(await rows()).toEqual([]);
  });

  it.each([
    [{ service: 'dentist' }, 'no-time'],
    [{ startsAt: '2026-11-24T09:30' }, 'no-service'],
    [{ service: 'barber', startsAt: 'earliest' }, 'unknown-service'],
    [{ service: 'dentist', startsAt: 'tomorrow at nine' }, 'unclear-time'],
    [{ slotId: 'nobody@2026-11-24T09:30:00Z' }, 'unclear-time'],
    [{ slotId: 'anna-weber@nine' }, 'unclear-time'],
  ])('asks back for %j', async (args, reason) => {
    const answer = await book({ ...ADA, ...args });

    expect(answer).toMatchObject({ booked: false, reason, alternatives: [] });
    expect(answer.said).toMatch(/[?.]$/);
  });

  it('says so when everything is taken', async () => {
    const template = { service: 'physiotherapist', practitioner_id: 'maya-chen', caller_name: 'A long holiday' };
    await bench.get(Database).run((db) =>
      db
        .insertInto('appointments')
        .values({
          ...template,
          reference: '000000',
          starts_at: new Date(NOW),
          ends_at: new Date(Date.UTC(2028, 0)),
          booked_at: new Date(NOW),
        })
        .execute(),
    );

    const answer = await book({ ...ADA, practitioner: 'Maya', startsAt: 'earliest' });

    expect(answer).toMatchObject({ booked: false, reason: 'fully-booked' });
    expect(answer.said).toBe('I am sorry, there is nothing free in the time we book ahead.');
  });

  it('has not booked what was given up in time', async () => {
    const controller = new AbortController();
    controller.abort(new Error('The attempt ran out of time.'));
    const args = { ...ADA, service: 'dentist', startsAt: '2026-11-24T09:30' };

    await expect(tool.run(args, fakeCall('late', controller.signal))).rejects.toThrow('The attempt ran out of time.');

    expect(await rows()).toEqual([]);
    expect(await book(args, 'late')).toMatchObject({ booked: true });
  });

  it('reports what the database refuses as an error that no repeat heals, without private data in its text', async () => {
    const name = 'nobody\u0000';

    const failure = tool.run({ name, service: 'dentist', startsAt: 'earliest' }, fakeCall('poison'));

    await expect(failure).rejects.toMatchObject({
      code: DatabaseErrorCodes.Refused,
      retryable: false,
      message: expect.not.stringContaining('nobody'),
    });
  });
});
