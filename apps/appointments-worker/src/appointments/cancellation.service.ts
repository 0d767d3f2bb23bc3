import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { Temporal } from 'temporal-polyfill';
import type { Connection } from '../database/database.js';
import { IdempotentTransactions } from '../database/idempotent-transactions.js';
import type { CancellationAnswer, CancellationRefusal } from './answers.types.js';
import type { Appointment } from './appointment.types.js';
import { AppointmentsRepository } from './appointments.repository.js';
import { Calendar } from './calendar.js';
import { isNamed } from './names.js';
import { PRACTICE } from './practice.constants.js';
import type { Practice } from './practice.types.js';
import { parseReference } from './references.js';
import { parseStart } from './requested-time.js';
import { isoWithOffset } from './slot.js';

/** Which appointment is meant: by its reference, or by name and time together. */
export interface CancellationWish {
  readonly reference?: string | undefined;
  readonly name?: string | undefined;
  readonly startsAt?: string | undefined;
}

/** Finds the appointments that a wish may mean. */
type Lookup = (connection: Connection) => Promise<readonly Appointment[]>;

/** Takes appointments off the books. */
@Injectable()
export class Cancellation {
  constructor(
    @Inject(PRACTICE) private readonly practice: Practice,
    private readonly calendar: Calendar,
    private readonly appointments: AppointmentsRepository,
    private readonly transactions: IdempotentTransactions,
    private readonly clock: Clock,
  ) {}

  /**
   * Cancels one appointment for `key`, once.
   *
   * @throws DatabaseError
   */
  async cancel(wish: CancellationWish, key: string, signal: AbortSignal): Promise<CancellationAnswer> {
    const lookup = this.lookup(wish);
    if (typeof lookup === 'string') return refused(lookup);
    return this.transactions.run(key, signal, async (connection) => {
      const found = await lookup(connection);
      const live = found.filter(({ isCancelled }) => !isCancelled);
      const [appointment] = live;
      if (appointment === undefined) return refused(found.length > 0 ? 'already-cancelled' : 'not-found');
      if (live.length > 1) return refused('ambiguous');
      return this.cancelOne(connection, appointment);
    });
  }

  /** How to find what is meant, or why that cannot be told. */
  private lookup({ reference, name, startsAt }: CancellationWish): Lookup | CancellationRefusal {
    if (reference !== undefined) {
      const digits = parseReference(reference);
      if (digits === undefined) return 'not-found';
      return (connection) => this.appointments.findByReference(connection, digits);
    }
    if (name === undefined || startsAt === undefined) return 'nothing-named';
    const start = parseStart(startsAt, this.calendar.timeZone);
    if (start === undefined) return 'unclear-time';
    return async (connection) => {
      const then = await this.appointments.findByStart(connection, start);
      // "Lovelace" may have booked, and "Ada Lovelace" cancel.
      return then.filter(({ callerName }) => isNamed(callerName, name) || isNamed(name, callerName));
    };
  }

  private async cancelOne(connection: Connection, appointment: Appointment): Promise<CancellationAnswer> {
    const now = Temporal.Instant.fromEpochMilliseconds(this.clock.now());
    if (Temporal.Instant.compare(appointment.start, now) <= 0) return refused('past');
    // Somebody else may have cancelled it since it was read.
    if (!(await this.appointments.cancel(connection, appointment.id, now))) return refused('already-cancelled');
    const practitioner = this.practice.practitioners.find(({ id }) => id === appointment.practitionerId);
    return {
      cancelled: true,
      reference: appointment.reference,
      startsAt: isoWithOffset(this.calendar.local(appointment.start)),
      service: appointment.service,
      practitioner: practitioner?.name ?? appointment.practitionerId,
    };
  }
}

function refused(reason: CancellationRefusal): CancellationAnswer {
  return { cancelled: false, reason };
}
