import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { VirtualClock } from '@interject/testing';
import { validateSync } from 'class-validator';
import { fakeCall } from '../testing/fake-call.js';
import { ToolBench } from '../testing/tool-bench.js';
import { BookAppointment } from './book-appointment.tool.js';
import { FindSlotsArguments } from './find-slots.arguments.js';
import { FindSlots } from './find-slots.tool.js';

/** The embedded database takes seconds to start. */
jest.setTimeout(60_000);

/** A Monday, before the practice opens. */
const NOW = Date.UTC(2026, 10, 23, 7, 0);

describe('find_slots', () => {
  let bench: ToolBench;
  let tool: FindSlots;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock: new VirtualClock(NOW) });
    tool = bench.get(FindSlots);
  });
  afterAll(() => bench.stop());
  beforeEach(() => bench.reset());

  async function ask(args: FindSlotsArguments) {
    const answer = await tool.run(args, fakeCall('find'));
    return { ...answer, said: tool.say(answer) };
  }

  it('offers the next three times', async () => {
    const answer = await ask({ service: 'dentist' });

    expect(answer.outcome).toBe('found');
    expect(answer.slots).toEqual([
      {
        slotId: 'anna-weber@2026-11-23T08:30:00Z',
        startsAt: '2026-11-23T08:30:00+00:00',
        service: 'dentist',
        practitioner: 'Dr. Anna Weber',
      },
      expect.objectContaining({ startsAt: '2026-11-23T09:00:00+00:00' }),
      expect.objectContaining({ startsAt: '2026-11-23T09:30:00+00:00' }),
    ]);
    expect(answer.said).toBe(
      "With Doctor Weber these times are free: Monday the 23rd at 8 thirty, 9 o'clock or 9 thirty. Which one suits you?",
    );
  });

  it('keeps to the day, the part of it and the practitioner', async () => {
    const answer = await ask({ practitioner: 'Dr Novak', date: '2026-11-24', partOfDay: 'evening' });

    expect(answer.slots.map(({ startsAt }) => startsAt)).toEqual([
      '2026-11-24T17:00:00+00:00',
      '2026-11-24T17:30:00+00:00',
    ]);
    expect(answer.said).toBe(
      "With Doctor Novak these times are free: Tuesday the 24th at 5 o'clock or 5 thirty in the evening. Which one suits you?",
    );
  });

  it('searches a range of days', async () => {
    const answer = await ask({ service: 'physio', date: '2026-11-28', untilDate: '2026-11-30' });

    expect(answer.outcome).toBe('found');
    expect(answer.slots[0]?.startsAt).toBe('2026-11-30T08:30:00+00:00');
  });

  it('leaves out what is booked', async () => {
    await bench
      .get(BookAppointment)
      .run({ name: 'Ada Lovelace', practitioner: 'Maya Chen', startsAt: '2026-11-23T08:30' }, fakeCall('book'));

    const answer = await ask({ practitioner: 'Maya Chen' });

    expect(answer.slots[0]?.startsAt).toBe('2026-11-23T09:00:00+00:00');
  });

  it.each([
    ['a day on which the practice is closed', '2026-11-28', '2026-11-30T08:30:00+00:00'],
    ['a day that is over', '2026-11-20', '2026-11-23T08:30:00+00:00'],
    ['a day too far ahead', '2028-01-03', '2026-11-23T08:30:00+00:00'],
  ])('gives other times for %s', async (_, date, next) => {
    const answer = await ask({ service: 'dentist', date });

    expect(answer.outcome).toBe('other-times');
    expect(answer.slots[0]?.startsAt).toBe(next);
    expect(answer.said).toMatch(/^I am sorry, nothing is free then\. With .* the next free times are: /);
  });

  it.each([
    [
      { service: 'barber' },
      'unknown-service',
      'I am sorry, we do not offer that. You can see the dentist, the general practitioner or the physiotherapist.',
    ],
    [
      { service: 'dentist', practitioner: 'House' },
      'unknown-practitioner',
      'I am sorry, I do not know that name. You can see Doctor Weber, Doctor Novak, Doctor Okafor or Maya Chen.',
    ],
    [
      { service: ' ' },
      'no-service',
      'Who would you like to see: the dentist, the general practitioner or the physiotherapist?',
    ],
    [
      { service: 'dentist', date: '2026-02-30' },
      'unclear-date',
      'I did not get the day. Which day would you like to come?',
    ],
    [
      { service: 'dentist', date: '2026-11-24', untilDate: 'soon' },
      'unclear-date',
      'I did not get the day. Which day would you like to come?',
    ],
  ])('answers %j in words', async (args, outcome, words) => {
    const answer = await ask(args);

    expect(answer).toEqual({ outcome, slots: [], said: words });
  });

  it('takes what models send', () => {
    const args = Object.assign(new FindSlotsArguments(), {
      service: 'dentist',
      practitioner: '',
      date: '',
      partOfDay: 'any',
    });

    expect(validateSync(args)).toEqual([]);
    expect(validateSync(Object.assign(new FindSlotsArguments(), { partOfDay: 'night' }))).toHaveLength(1);
  });
});

describe('find_slots on a slow practice system', () => {
  const clock = new VirtualClock(NOW);
  let bench: ToolBench;

  beforeAll(async () => {
    bench = await ToolBench.start({ clock, env: { APPOINTMENTS_SEARCH_DELAY_MS: '20000' } });
  });
  afterAll(() => bench.stop());

  it('reports after five seconds, and stops waiting when nobody waits any more', async () => {
    const controller = new AbortController();
    const call = fakeCall('slow', controller.signal);
    // Of the worker itself.
    const timerBefore = clock.nextTimerAt();
    const running = bench.get(FindSlots).run({ service: 'dentist' }, call);
    const refused = expect(running).rejects.toThrow('aborted');

    await clock.advance(4_999);
    expect(call.reports).toEqual([]);
    await clock.advance(1);
    expect(call.reports).toEqual(['I am still looking through the calendar.']);

    controller.abort(new Error('The call ended.'));
    await refused;
    expect(clock.nextTimerAt()).toBe(timerBefore);
  });
});
