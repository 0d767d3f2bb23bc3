import type { Temporal } from 'temporal-polyfill';

/** An appointment as it stands on the books. */
export interface Appointment {
  readonly id: string;
  /** Six digits that the caller is told. */
  readonly reference: string;
  readonly practitionerId: string;
  readonly service: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly callerName: string;
  readonly isCancelled: boolean;
}

/** One to be written. */
export interface NewAppointment {
  readonly reference: string;
  readonly practitionerId: string;
  readonly service: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly caller: Caller;
  readonly bookedAt: Temporal.Instant;
}

/** Who an appointment is for. */
export interface Caller {
  readonly name: string;
  readonly phone?: string | undefined;
}

/** A stretch of time in which a practitioner has an appointment; ms since the epoch, as it is compared a lot. */
export interface BusyTime {
  readonly practitionerId: string;
  readonly startMs: number;
  readonly endMs: number;
}
