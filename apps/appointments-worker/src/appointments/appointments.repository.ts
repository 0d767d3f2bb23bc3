import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Connection } from '../database/database.js';
import type { AppointmentsTable } from '../database/database.types.js';
import type { Appointment, BusyTime, NewAppointment } from './appointment.types.js';
import type { Interval } from './calendar.js';

/** The statements on `appointments`. Each takes the connection, so that the caller decides about the transaction. */
@Injectable()
export class AppointmentsRepository {
  /** Appointments of these practitioners that touch the interval. */
  async busyTimes(
    connection: Connection,
    practitionerIds: readonly string[],
    { from, until }: Interval,
  ): Promise<readonly BusyTime[]> {
    const rows = await connection
      .selectFrom('appointments')
      .select(['practitioner_id', 'starts_at', 'ends_at'])
      .where('practitioner_id', 'in', practitionerIds)
      .where('cancelled_at', 'is', null)
      .where('starts_at', '<', toDate(until))
      .where('ends_at', '>', toDate(from))
      .execute();
    return rows.map((row) => ({
      practitionerId: row.practitioner_id,
      startMs: row.starts_at.getTime(),
      endMs: row.ends_at.getTime(),
    }));
  }

  /**
   * Writes an appointment; false if its slot or its reference has just been given to somebody else. A statement that
   * failed would end the transaction, so the conflict is not an error.
   */
  async insert(connection: Connection, appointment: NewAppointment): Promise<boolean> {
    const rows = await connection
      .insertInto('appointments')
      .values({
        reference: appointment.reference,
        practitioner_id: appointment.practitionerId,
        service: appointment.service,
        starts_at: toDate(appointment.start),
        ends_at: toDate(appointment.end),
        caller_name: appointment.caller.name,
        caller_phone: appointment.caller.phone ?? null,
        booked_at: toDate(appointment.bookedAt),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    return rows.length === 1;
  }

  async findByReference(connection: Connection, reference: string): Promise<readonly Appointment[]> {
    const rows = await connection.selectFrom('appointments').selectAll().where('reference', '=', reference).execute();
    return rows.map(toAppointment);
  }

  /** One for each practitioner at most, and those that were cancelled; the newest first. */
  async findByStart(connection: Connection, start: Temporal.Instant): Promise<readonly Appointment[]> {
    const rows = await connection
      .selectFrom('appointments')
      .selectAll()
      .where('starts_at', '=', toDate(start))
      .orderBy('id', 'desc')
      .execute();
    return rows.map(toAppointment);
  }

  /** False if it had been cancelled already. */
  async cancel(connection: Connection, id: string, at: Temporal.Instant): Promise<boolean> {
    const rows = await connection
      .updateTable('appointments')
      .set({ cancelled_at: toDate(at) })
      .where('id', '=', id)
      .where('cancelled_at', 'is', null)
      .returning('id')
      .execute();
    return rows.length === 1;
  }
}

function toAppointment(row: Selectable<AppointmentsTable>): Appointment {
  return {
    id: row.id,
    reference: row.reference,
    practitionerId: row.practitioner_id,
    service: row.service,
    start: toInstant(row.starts_at),
    end: toInstant(row.ends_at),
    callerName: row.caller_name,
    isCancelled: row.cancelled_at !== null,
  };
}

function toInstant(date: Date): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(date.getTime());
}

function toDate(instant: Temporal.Instant): Date {
  return new Date(instant.epochMilliseconds);
}
