import { Inject, Injectable } from '@nestjs/common';
import type { Temporal } from 'temporal-polyfill';
import type { RequestProblem } from './answers.types.js';
import { Calendar } from './calendar.js';
import { PRACTICE } from './practice.constants.js';
import type { Practice, Practitioner } from './practice.types.js';
import { parseStart } from './requested-time.js';
import { selectPractitioners } from './select-practitioners.js';
import type { PractitionerWish } from './select-practitioners.js';
import { parseSlotId } from './slot.js';

/** Stands for a time: whatever is free first. */
export const EARLIEST = 'earliest';

/** What the caller wants to book, as it was said. */
export interface BookingWish extends PractitionerWish {
  /** Goes before everything else. */
  readonly slotId?: string | undefined;
  /** `YYYY-MM-DDTHH:MM`, or {@link EARLIEST}. */
  readonly startsAt?: string | undefined;
}

export type BookingRequest =
  | {
      readonly ok: true;
      readonly practitioners: readonly Practitioner[];
      readonly start: Temporal.Instant | typeof EARLIEST;
    }
  | { readonly ok: false; readonly problem: RequestProblem };

/** Makes sense of what was said. */
@Injectable()
export class BookingRequests {
  constructor(
    @Inject(PRACTICE) private readonly practice: Practice,
    private readonly calendar: Calendar,
  ) {}

  read({ slotId, startsAt, ...wish }: BookingWish): BookingRequest {
    if (slotId !== undefined) {
      const slot = parseSlotId(this.practice, slotId);
      if (slot === undefined) return { ok: false, problem: 'unclear-time' };
      return { ok: true, practitioners: [slot.practitioner], start: slot.start };
    }
    if (startsAt === undefined) return { ok: false, problem: 'no-time' };
    const selection = selectPractitioners(this.practice, wish);
    if (!selection.ok) return selection;
    const start = startsAt.toLowerCase() === EARLIEST ? EARLIEST : parseStart(startsAt, this.calendar.timeZone);
    if (start === undefined) return { ok: false, problem: 'unclear-time' };
    return { ok: true, practitioners: selection.practitioners, start };
  }
}
