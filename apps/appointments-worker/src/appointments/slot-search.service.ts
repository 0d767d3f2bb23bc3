import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { Temporal } from 'temporal-polyfill';
import { Database } from '../database/database.js';
import type { SlotSearchAnswer } from './answers.types.js';
import { Calendar } from './calendar.js';
import type { Interval } from './calendar.js';
import type { DayPart } from './day-parts.js';
import { FreeSlots } from './free-slots.service.js';
import { PRACTICE } from './practice.constants.js';
import type { Practice, Practitioner } from './practice.types.js';
import { parseDay } from './requested-time.js';
import { selectPractitioners } from './select-practitioners.js';
import type { PractitionerWish } from './select-practitioners.js';
import { viewSlot } from './slot.js';

export interface SlotWish extends PractitionerWish {
  /** First day, `YYYY-MM-DD`; without it: from now on. */
  readonly date?: string | undefined;
  /** Last day; without it: the first day alone, or as far as the practice books ahead. */
  readonly untilDate?: string | undefined;
  readonly partOfDay?: DayPart | undefined;
}

/** Answers "when could I come?". */
@Injectable()
export class SlotSearch {
  constructor(
    @Inject(PRACTICE) private readonly practice: Practice,
    private readonly calendar: Calendar,
    private readonly freeSlots: FreeSlots,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws DatabaseError */
  async search(wish: SlotWish): Promise<SlotSearchAnswer> {
    const selection = selectPractitioners(this.practice, wish);
    if (!selection.ok) return { outcome: selection.problem, slots: [] };
    const bookable = this.calendar.bookable(Temporal.Instant.fromEpochMilliseconds(this.clock.now()));
    const requested = this.requested(wish, bookable);
    if (requested === undefined) return { outcome: 'unclear-date', slots: [] };
    return this.searchIn(selection.practitioners, requested, bookable, wish.partOfDay);
  }

  /** As asked; if there is nothing, what comes after; if there is nothing either, what there is at all. */
  private async searchIn(
    practitioners: readonly Practitioner[],
    requested: Interval,
    bookable: Interval,
    dayPart: DayPart | undefined,
  ): Promise<SlotSearchAnswer> {
    return this.database.run(async (connection) => {
      const asked = await this.freeSlots.offer(connection, { practitioners, interval: requested, dayPart });
      if (asked.length > 0) return { outcome: 'found', slots: asked.map(viewSlot) };
      for (const interval of [{ from: requested.from, until: bookable.until }, bookable]) {
        const others = await this.freeSlots.offer(connection, { practitioners, interval });
        if (others.length > 0) return { outcome: 'other-times', slots: others.map(viewSlot) };
      }
      return { outcome: 'fully-booked', slots: [] };
    });
  }

  /** The days that were asked for, as far as they can be booked; it may be empty. `undefined` if there is no such day. */
  private requested({ date, untilDate }: SlotWish, bookable: Interval): Interval | undefined {
    const first = date === undefined ? this.calendar.local(bookable.from).toPlainDate() : parseDay(date);
    if (first === undefined) return undefined;
    if (untilDate !== undefined) {
      const last = parseDay(untilDate);
      return last === undefined ? undefined : clip(this.calendar.interval(first, last), bookable);
    }
    if (date === undefined) return bookable;
    return clip(this.calendar.interval(first), bookable);
  }
}

function clip(interval: Interval, bounds: Interval): Interval {
  return {
    from: Temporal.Instant.compare(interval.from, bounds.from) < 0 ? bounds.from : interval.from,
    until: Temporal.Instant.compare(interval.until, bounds.until) > 0 ? bounds.until : interval.until,
  };
}
