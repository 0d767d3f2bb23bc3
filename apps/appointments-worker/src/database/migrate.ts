import { Migrator } from 'kysely';
import type { Kysely } from 'kysely';
import type { Schema } from './database.types.js';
import { appointments } from './migrations/0001-appointments.migration.js';
import { handledAtIndex } from './migrations/0002-handled-at-index.migration.js';

/** Add to the end; never rename or change one that was released. */
const MIGRATIONS = { '0001-appointments': appointments, '0002-handled-at-index': handledAtIndex };

/**
 * Brings the tables up to date. Replicas may start together: Kysely takes an advisory lock, and the others find it done.
 *
 * @returns names of the migrations that were run
 * @throws what the failing migration threw; nothing of this run stays, it is one transaction
 */
export async function migrate(db: Kysely<Schema>): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('A migration failed.', { cause: error });
  return results.filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
