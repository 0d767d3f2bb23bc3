import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { Temporal } from 'temporal-polyfill';
import type { Connection } from '../database/database.js';
import { IdempotentTransactions } from '../database/idempotent-transactions.js';
import type { BookingAnswer, TimeRefusal } from './answers.types.js';
import type { Caller } from './appointment.types.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { BookingRequests, EARLIEST } from './booking-requests.service.js';
import type { BookingWish } from './booking-requests.service.js';
import { Calendar } from './calendar.js';
import type { Interval } from './calendar.js';
import { FreeSlots } from './free-slots.service.js';
import type { Practitioner } from './practice.types.js';
import { DRAW_REFERENCE } from './references.js';
import type { DrawReference } from './references.js';
import { isoWithOffset, viewSlot } from './slot.js';
import type { Slot } from './slot.js';

/** How many slots are looked at in one go when the caller wants the earliest. */
const EARLIEST_BATCH = 10;

/** Writes appointments. */
@Injectable()
export class Booking {
  constructor(
    private readonly requests: BookingRequests,
    private readonly calendar: Calendar,
    private readonly freeSlots: FreeSlots,
    private readonly appointments: AppointmentsRepository,
    private readonly transactions: IdempotentTransactions,
    private readonly clock: Clock,
    @Inject(DRAW_REFERENCE) private readonly drawReference: DrawReference,
  ) {}

  /**
   * Books one appointment for `key`, once. Of two callers who want the same slot one gets it, the other gets
   * alternatives.
   *
   * @throws DatabaseError
   */
  async book(wish: BookingWish, caller: Caller, key: string, signal: AbortSignal): Promise<BookingAnswer> {
    const request = this.requests.read(wish);
    if (!request.ok) return { booked: false, reason: request.problem, alternatives: [] };
    return this.transactions.run(key, signal, async (connection) =>
      request.start === EARLIEST
        ? this.bookEarliest(connection, request.practitioners, caller, signal)
        : this.bookAt(connection, request.practitioners, request.start, caller),
    );
  }

  private async bookAt(
    connection: Connection,
    practitioners: readonly Practitioner[],
    start: Temporal.Instant,
    caller: Caller,
  ): Promise<BookingAnswer> {
    const bookable = this.calendar.bookable(this.now());
    const slots = this.calendar.slots(practitioners, { from: start, until: start.add({ milliseconds: 1 }) });
    const refusal = refusalOf(start, bookable, slots);
    if (refusal === undefined) {
      for (const slot of await this.freeSlots.withoutBusy(connection, slots)) {
        const reference = await this.take(connection, slot, caller);
        if (reference !== undefined) return { booked: true, reference, slot: viewSlot(slot) };
      }
    }
    const alternatives = await this.alternatives(connection, practitioners, start, bookable);
    return {
      booked: false,
      reason: refusal ?? 'taken',
      requested: isoWithOffset(this.calendar.local(start)),
      alternatives: alternatives.map(viewSlot),
    };
  }

  /** Ends: a slot that could not be taken is somebody's by then, and is not found again. */
  private async bookEarliest(
    connection: Connection,
    practitioners: readonly Practitioner[],
    caller: Caller,
    signal: AbortSignal,
  ): Promise<BookingAnswer> {
    for (;;) {
      const interval = this.calendar.bookable(this.now());
      const slots = await this.freeSlots.find(connection, { practitioners, interval, limit: EARLIEST_BATCH });
      if (slots.length === 0) return { booked: false, reason: 'fully-booked', alternatives: [] };
      for (const slot of slots) {
        signal.throwIfAborted();
        const reference = await this.take(connection, slot, caller);
        if (reference !== undefined) return { booked: true, reference, slot: viewSlot(slot) };
      }
    }
  }

  /**
   * Gives the reference, or `undefined` if somebody else has just taken the slot. A reference that is in use is drawn
   * again.
   */
  private async take(connection: Connection, slot: Slot, caller: Caller): Promise<string | undefined> {
    do {
      const reference = this.drawReference();
      const isBooked = await this.appointments.insert(connection, {
        reference,
        practitionerId: slot.practitioner.id,
        service: slot.practitioner.service,
        start: slot.start.toInstant(),
        end: slot.end.toInstant(),
        caller,
        bookedAt: this.now(),
      });
      if (isBooked) return reference;
    } while ((await this.freeSlots.withoutBusy(connection, [slot])).length > 0);
    return undefined;
  }

  /** What comes after the time that was asked for; if there is nothing, what there is at all. */
  private async alternatives(
    connection: Connection,
    practitioners: readonly Practitioner[],
    start: Temporal.Instant,
    bookable: Interval,
  ): Promise<readonly Slot[]> {
    const isAhead = Temporal.Instant.compare(start, bookable.from) > 0;
    if (isAhead) {
      const after = await this.freeSlots.offer(connection, {
        practitioners,
        interval: { from: start, until: bookable.until },
      });
      if (after.length > 0) return after;
    }
    return this.freeSlots.offer(connection, { practitioners, interval: bookable });
  }

  private now(): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(this.clock.now());
  }
}

function refusalOf(start: Temporal.Instant, bookable: Interval, slots: readonly Slot[]): TimeRefusal | undefined {
  if (Temporal.Instant.compare(start, bookable.from) < 0) return 'past';
  if (Temporal.Instant.compare(start, bookable.until) >= 0) return 'too-far-ahead';
  return slots.length === 0 ? 'closed' : undefined;
}
