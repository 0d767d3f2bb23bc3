import type { Temporal } from 'temporal-polyfill';

export const DayParts = ['morning', 'afternoon', 'evening', 'any'] as const;
export type DayPart = (typeof DayParts)[number];

const NOON = 12;
const EVENING = 17;

/** The part of the day in which `time` lies. */
export function dayPartOf(time: Pick<Temporal.PlainTime, 'hour'>): Exclude<DayPart, 'any'> {
  if (time.hour < NOON) return 'morning';
  return time.hour < EVENING ? 'afternoon' : 'evening';
}

export function isInDayPart(time: Pick<Temporal.PlainTime, 'hour'>, part: DayPart): boolean {
  return part === 'any' || dayPartOf(time) === part;
}
