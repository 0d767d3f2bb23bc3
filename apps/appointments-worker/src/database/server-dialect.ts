import { PostgresDialect } from 'kysely';
import pg from 'pg';
import type { OpenDialect } from './open-dialect.types.js';

/** Connections of one replica. Its jobs share them: a booking holds one for a few milliseconds. */
const MAX_CONNECTIONS = 10;
/** A caller waits: better an attempt that fails and is repeated than one that hangs. */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/**
 * A PostgreSQL server, through a pool of connections. Does not connect yet.
 *
 * @param onConnectionLost called when an idle connection breaks; the pool replaces it
 */
export function openServer(url: string, onConnectionLost: (error: Error) => void): OpenDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'appointments-worker',
    keepAlive: true,
  });
  // An `error` event without a listener ends the process. The pool listens for its idle connections alone (pg-pool
  // 3.14), so one that breaks between two statements of a transaction needs a listener of its own.
  pool.on('error', onConnectionLost);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { dialect: new PostgresDialect({ pool }), release: async () => undefined };
}
