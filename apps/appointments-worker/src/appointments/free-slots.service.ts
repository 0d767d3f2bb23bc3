import { Injectable } from '@nestjs/common';
import { Temporal } from 'temporal-polyfill';
import type { Connection } from '../database/database.js';
import type { BusyTime } from './appointment.types.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { Calendar } from './calendar.js';
import type { Interval } from './calendar.js';
import { isInDayPart } from './day-parts.js';
import type { DayPart } from './day-parts.js';
import type { Practitioner } from './practice.types.js';
import type { Slot } from './slot.js';

/** A caller cannot keep more in mind. */
export const OFFERED_SLOTS = 3;

/** Slots are worked out in stretches of this length: over a weekend and into the next day, most searches end in the first. */
const WINDOW_HOURS = 4 * 24;

interface SlotQuery {
  readonly practitioners: readonly Practitioner[];
  readonly interval: Interval;
  readonly dayPart?: DayPart | undefined;
  readonly limit: number;
}

/** Opening hours minus appointments. */
@Injectable()
export class FreeSlots {
  constructor(
    private readonly calendar: Calendar,
    private readonly appointments: AppointmentsRepository,
  ) {}

  /** The first free slots, by time. */
  async find(
    connection: Connection,
    { practitioners, interval, dayPart = 'any', limit }: SlotQuery,
  ): Promise<readonly Slot[]> {
    const found: Slot[] = [];
    for (const window of windows(interval)) {
      const slots = this.calendar.slots(practitioners, window).filter(({ start }) => isInDayPart(start, dayPart));
      found.push(...(await this.withoutBusy(connection, slots)));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  /** What is offered to a caller: a few times, each once, with whoever comes first. */
  async offer(connection: Connection, query: Omit<SlotQuery, 'limit'>): Promise<readonly Slot[]> {
    // At one time there are as many slots as practitioners.
    const limit = OFFERED_SLOTS * query.practitioners.length;
    const byTime = new Map<number, Slot>();
    for (const slot of await this.find(connection, { ...query, limit })) {
      const time = slot.start.epochMilliseconds;
      if (!byTime.has(time)) byTime.set(time, slot);
    }
    return [...byTime.values()].slice(0, OFFERED_SLOTS);
  }

  /** Those of the slots that nobody has. */
  async withoutBusy(connection: Connection, slots: readonly Slot[]): Promise<readonly Slot[]> {
    const [first, last] = [slots[0], slots.at(-1)];
    if (first === undefined || last === undefined) return [];
    const ids = [...new Set(slots.map(({ practitioner }) => practitioner.id))];
    const interval = { from: first.start.toInstant(), until: last.end.toInstant() };
    const busy = await this.appointments.busyTimes(connection, ids, interval);
    return slots.filter((slot) => !isBusy(slot, busy));
  }
}

function isBusy({ practitioner, start, end }: Slot, busy: readonly BusyTime[]): boolean {
  const [startMs, endMs] = [start.epochMilliseconds, end.epochMilliseconds];
  return busy.some((time) => time.practitionerId === practitioner.id && time.startMs < endMs && time.endMs > startMs);
}

function* windows({ from, until }: Interval): Generator<Interval> {
  for (let start = from; Temporal.Instant.compare(start, until) < 0;) {
    const next = start.add({ hours: WINDOW_HOURS });
    const end = Temporal.Instant.compare(next, until) < 0 ? next : until;
    yield { from: start, until: end };
    start = end;
  }
}
