import { Temporal } from 'temporal-polyfill';
import type { Practice, Practitioner } from './practice.types.js';

/** A time at which a practitioner can see somebody, in the practice's time zone. */
export interface Slot {
  readonly practitioner: Practitioner;
  readonly start: Temporal.ZonedDateTime;
  readonly end: Temporal.ZonedDateTime;
}

/** A slot as it leaves this app: JSON. */
export interface SlotView {
  /** Names the slot to `book_appointment`, e.g. `anna-weber@2026-11-24T09:30:00Z`. */
  readonly slotId: string;
  /** ISO 8601 with the practice's offset, e.g. `2026-11-24T09:30:00+00:00`. */
  readonly startsAt: string;
  readonly service: string;
  readonly practitioner: string;
}

export function viewSlot({ practitioner, start }: Slot): SlotView {
  return {
    slotId: `${practitioner.id}@${start.toInstant().toString()}`,
    startsAt: isoWithOffset(start),
    service: practitioner.service,
    practitioner: practitioner.name,
  };
}

/** What a slot id names; `undefined` if it is none. Whether such a slot exists is for the calendar to say. */
export function parseSlotId(
  practice: Practice,
  slotId: string,
): { readonly practitioner: Practitioner; readonly start: Temporal.Instant } | undefined {
  const [id, time] = slotId.split('@');
  const practitioner = practice.practitioners.find((candidate) => candidate.id === id);
  if (practitioner === undefined || time === undefined) return undefined;
  try {
    return { practitioner, start: Temporal.Instant.from(time) };
  } catch {
    return undefined;
  }
}

/** ISO 8601 with the offset and without the bracketed zone, which few parsers know. */
export function isoWithOffset(time: Temporal.ZonedDateTime): string {
  return time.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}
