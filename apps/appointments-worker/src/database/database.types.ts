import type { ColumnType, Generated } from 'kysely';

/** Read as a Date; written as one. */
type Timestamp = ColumnType<Date, Date, Date>;

/** A row for each appointment, the cancelled ones too. */
export interface AppointmentsTable {
  id: Generated<string>;
  reference: string;
  practitioner_id: string;
  service: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  caller_name: string;
  caller_phone: string | null;
  booked_at: Timestamp;
  cancelled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** A row for each tool call that changed something, with what was answered. */
export interface HandledToolCallsTable {
  idempotency_key: string;
  /** JSON; null only inside the transaction that does the work. */
  answer: ColumnType<unknown, string | null | undefined, string>;
  handled_at: Timestamp;
}

export interface Schema {
  appointments: AppointmentsTable;
  handled_tool_calls: HandledToolCallsTable;
}
