import { describe, expect, it } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { Calendar } from './calendar.js';
import { EXAMPLE_PRACTICE } from './practice.constants.js';
import type { Practice } from './practice.types.js';

const PRACTICE: Practice = { ...EXAMPLE_PRACTICE, periods: [{ opens: '09:00', closes: '10:15' }], horizonDays: 7 };
const TWO = PRACTICE.practitioners.slice(0, 2);
const ONE = PRACTICE.practitioners.slice(0, 1);

function instant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}

describe('Calendar', () => {
  const berlin = new Calendar(PRACTICE, 'Europe/Berlin');

  it('gives whole slots inside the opening hours, by time, then by practitioner', () => {
    const slots = berlin.slots(TWO, berlin.interval(Temporal.PlainDate.from('2026-11-24')));

    expect(slots.map(({ practitioner, start }) => `${practitioner.id} ${start.toInstant().toString()}`)).toEqual([
      'anna-weber 2026-11-24T08:00:00Z',
      'tomas-novak 2026-11-24T08:00:00Z',
      'anna-weber 2026-11-24T08:30:00Z',
      'tomas-novak 2026-11-24T08:30:00Z',
    ]);
  });

  it('takes its hours from the wall clock, in summer and in winter', () => {
    const starts = ['2026-10-23', '2026-10-26'].map((day) =>
      berlin
        .slots(ONE, berlin.interval(Temporal.PlainDate.from(day)))[0]
        ?.start.toInstant()
        .toString(),
    );

    expect(starts).toEqual(['2026-10-23T07:00:00Z', '2026-10-26T08:00:00Z']);
  });

  it('knows no slots on a day off', () => {
    const weekend = berlin.interval(Temporal.PlainDate.from('2026-11-28'), Temporal.PlainDate.from('2026-11-29'));

    expect(berlin.slots(ONE, weekend)).toEqual([]);
  });

  it('takes the first moment of an interval in and leaves the last out', () => {
    const slots = berlin.slots(ONE, { from: instant('2026-11-24T08:00:00Z'), until: instant('2026-11-24T08:30:00Z') });

    expect(slots.map(({ start }) => start.toInstant().toString())).toEqual(['2026-11-24T08:00:00Z']);
    expect(
      berlin.slots(ONE, { from: instant('2026-11-24T08:30:00Z'), until: instant('2026-11-24T08:00:00Z') }),
    ).toEqual([]);
  });

  it('ends the day of the horizon with the day, not with the hour', () => {
    const { from, until } = berlin.bookable(instant('2026-11-24T23:30:00Z'));

    expect(from.toString()).toBe('2026-11-24T23:30:00Z');
    // In Berlin it is the 25th already.
    expect(until.toString()).toBe('2026-12-02T23:00:00Z');
  });
});
