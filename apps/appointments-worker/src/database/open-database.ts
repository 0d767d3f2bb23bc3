import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@interject/observability';
import { Database } from './database.js';
import type { DatabaseConfig } from './database.config.js';
import { isDatabaseError } from './database.errors.js';
import { openEmbedded } from './embedded-dialect.js';
import { openServer } from './server-dialect.js';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

/**
 * Opens the database and brings its tables up to date. Waits for a server that is not there yet, as services are
 * started in any order.
 *
 * @throws DatabaseError when waiting cannot help: the data directory is in use, or the server refuses
 */
export async function openDatabase(config: DatabaseConfig, log: Log): Promise<Database> {
  const source =
    config.url === undefined
      ? await openEmbedded(config.dataDirectory)
      : openServer(config.url, (error) => {
          log.warn('database connection lost', { error });
        });
  const database = new Database(source);
  try {
    await migrateWhenReachable(database, log);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function migrateWhenReachable(database: Database, log: Log): Promise<void> {
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
    try {
      const migrations = await database.migrate();
      log.info('database open', { migrations });
      return;
    } catch (error) {
      if (!isDatabaseError(error) || !error.retryable) throw error;
      log.warn('database not available, trying again', { error, retryMs });
      await delay(retryMs);
    }
  }
}
