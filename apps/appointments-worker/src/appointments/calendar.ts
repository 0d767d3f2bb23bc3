import { Temporal } from 'temporal-polyfill';
import type { OpeningPeriod, Practice, Practitioner } from './practice.types.js';
import type { Slot } from './slot.js';

/** A stretch of time, the end not included. */
export interface Interval {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
}

/** The opening hours of a practice as slots: what could be booked if nobody had an appointment. */
export class Calendar {
  constructor(
    private readonly practice: Practice,
    readonly timeZone: string,
  ) {}

  /** The wall clock of the practice. */
  local(instant: Temporal.Instant): Temporal.ZonedDateTime {
    return instant.toZonedDateTimeISO(this.timeZone);
  }

  /** From the day's first moment to the next day's; with two days, to the end of the second. */
  interval(day: Temporal.PlainDate, lastDay: Temporal.PlainDate = day): Interval {
    return {
      from: day.toZonedDateTime(this.timeZone).toInstant(),
      until: lastDay.add({ days: 1 }).toZonedDateTime(this.timeZone).toInstant(),
    };
  }

  /** What can be booked at `now`: from this moment to the horizon of the practice. */
  bookable(now: Temporal.Instant): Interval {
    const until = this.interval(this.local(now).toPlainDate().add({ days: this.practice.horizonDays })).until;
    return { from: now, until };
  }

  /** Slots that start inside the interval, by time, at the same time in the order of the practitioners. */
  slots(practitioners: readonly Practitioner[], { from, until }: Interval): readonly Slot[] {
    const slots: Slot[] = [];
    if (Temporal.Instant.compare(from, until) >= 0) return slots;
    const lastDay = this.local(until).toPlainDate();
    let day = this.local(from).toPlainDate();
    while (Temporal.PlainDate.compare(day, lastDay) <= 0) {
      for (const start of this.starts(day)) {
        const instant = start.toInstant();
        if (Temporal.Instant.compare(instant, from) < 0 || Temporal.Instant.compare(instant, until) >= 0) continue;
        const end = start.add({ minutes: this.practice.slotMinutes });
        slots.push(...practitioners.map((practitioner) => ({ practitioner, start, end })));
      }
      day = day.add({ days: 1 });
    }
    return slots;
  }

  private starts(day: Temporal.PlainDate): readonly Temporal.ZonedDateTime[] {
    if (!this.practice.openOn.includes(day.dayOfWeek)) return [];
    return this.practice.periods.flatMap((period) => this.startsIn(day, period));
  }

  private startsIn(day: Temporal.PlainDate, { opens, closes }: OpeningPeriod): readonly Temporal.ZonedDateTime[] {
    const starts: Temporal.ZonedDateTime[] = [];
    const closing = this.at(day, closes);
    let start = this.at(day, opens);
    for (;;) {
      const end = start.add({ minutes: this.practice.slotMinutes });
      if (Temporal.ZonedDateTime.compare(end, closing) > 0) return starts;
      starts.push(start);
      start = end;
    }
  }

  private at(day: Temporal.PlainDate, time: string): Temporal.ZonedDateTime {
    return day.toZonedDateTime({ timeZone: this.timeZone, plainTime: Temporal.PlainTime.from(time) });
  }
}
