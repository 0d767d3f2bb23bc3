import { sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';

/** Appointments, and the memory of tool calls that were handled. */
export const appointments: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('appointments')
      .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('reference', 'text', (column) => column.notNull().unique())
      .addColumn('practitioner_id', 'text', (column) => column.notNull())
      .addColumn('service', 'text', (column) => column.notNull())
      .addColumn('starts_at', 'timestamptz', (column) => column.notNull())
      .addColumn('ends_at', 'timestamptz', (column) => column.notNull())
      .addColumn('caller_name', 'text', (column) => column.notNull())
      .addColumn('caller_phone', 'text')
      .addColumn('booked_at', 'timestamptz', (column) => column.notNull())
      .addColumn('cancelled_at', 'timestamptz')
      .addCheckConstraint('appointments_end_after_start', sql`ends_at > starts_at`)
      .execute();

    // The rule that decides between two callers: a slot has one appointment that is not cancelled.
    await db.schema
      .createIndex('appointments_slot_key')
      .on('appointments')
      .columns(['practitioner_id', 'starts_at'])
      .unique()
      .where(sql.ref('cancelled_at'), 'is', null)
      .execute();

    await db.schema.createIndex('appointments_starts_at_index').on('appointments').column('starts_at').execute();

    await db.schema
      .createTable('handled_tool_calls')
      .addColumn('idempotency_key', 'text', (column) => column.primaryKey())
      .addColumn('answer', 'jsonb')
      .addColumn('handled_at', 'timestamptz', (column) => column.notNull())
      .execute();
  },

  async down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropTable('handled_tool_calls').execute();
    await db.schema.dropTable('appointments').execute();
  },
};
