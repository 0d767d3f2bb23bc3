import type { Temporal } from 'temporal-polyfill';
import { dayPartOf } from '../appointments/day-parts.js';

/*
 * Times in words that a voice reads well: "9:30" and "24/11" come out differently from one voice to the next.
 */

const LOCALE = 'en-GB';
const WEEKDAY = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat(LOCALE, { month: 'long', timeZone: 'UTC' });
const ORDINALS = new Intl.PluralRules(LOCALE, { type: 'ordinal' });
const ENDINGS: Readonly<Record<Intl.LDMLPluralRule, string>> = {
  zero: 'th',
  one: 'st',
  two: 'nd',
  few: 'rd',
  many: 'th',
  other: 'th',
};
/** The minutes at which appointments begin; others are said as numbers. */
const MINUTES: Readonly<Record<number, string>> = { 15: 'fifteen', 30: 'thirty', 45: 'forty-five' };

/** "Tuesday the 24th"; with the month if it is not this one: "Tuesday the 1st of December". */
export function sayDate(date: Temporal.PlainDate, today: Temporal.PlainDate): string {
  const asUtc = new Date(Date.UTC(date.year, date.month - 1, date.day));
  const day = `${WEEKDAY.format(asUtc)} the ${String(date.day)}${ENDINGS[ORDINALS.select(date.day)]}`;
  return date.month === today.month && date.year === today.year ? day : `${day} of ${MONTH.format(asUtc)}`;
}

/** "9 thirty", "10 o'clock", "2 fifteen": without the part of the day, see {@link sayDayPart}. */
export function sayClock({ hour, minute }: Pick<Temporal.PlainTime, 'hour' | 'minute'>): string {
  const said = String(hour % 12 === 0 ? 12 : hour % 12);
  if (minute === 0) return `${said} o'clock`;
  return `${said} ${MINUTES[minute] ?? (minute < 10 ? `oh ${String(minute)}` : String(minute))}`;
}

/** " in the afternoon", " in the evening"; nothing for the morning, which is what is understood anyway. */
export function sayDayPart(time: Pick<Temporal.PlainTime, 'hour'>): string {
  const part = dayPartOf(time);
  return part === 'morning' ? '' : ` in the ${part}`;
}

/** "Tuesday the 24th at 9 thirty". */
export function sayMoment(moment: Temporal.PlainDateTime, today: Temporal.PlainDate): string {
  return `${sayDate(moment.toPlainDate(), today)} at ${sayClock(moment)}${sayDayPart(moment)}`;
}

/** "Tuesday the 24th at 9 thirty, 10 o'clock or 2 thirty in the afternoon": each day and part of it is said once. */
export function sayMoments(moments: readonly Temporal.PlainDateTime[], today: Temporal.PlainDate): string {
  const items = moments.map((moment, i) => {
    const [before, after] = [moments[i - 1], moments[i + 1]];
    const day = before !== undefined && isSameDay(before, moment) ? '' : `${sayDate(moment.toPlainDate(), today)} at `;
    const isLastOfPart = after === undefined || !isSameDay(after, moment) || dayPartOf(after) !== dayPartOf(moment);
    return `${day}${sayClock(moment)}${isLastOfPart ? sayDayPart(moment) : ''}`;
  });
  return sayList(items);
}

/** "a, b or c". */
export function sayList(items: readonly string[]): string {
  return new Intl.ListFormat(LOCALE, { type: 'disjunction' }).format(items);
}

function isSameDay(a: Temporal.PlainDateTime, b: Temporal.PlainDateTime): boolean {
  return a.toPlainDate().equals(b.toPlainDate());
}
