import type { Kysely, Migration } from 'kysely';

/** Old tool calls are looked for by their time. */
export const handledAtIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('handled_tool_calls_handled_at_index')
      .on('handled_tool_calls')
      .column('handled_at')
      .execute();
  },

  async down(db: Kysely<unknown>): Promise<void> {
    await db.schema.dropIndex('handled_tool_calls_handled_at_index').execute();
  },
};
