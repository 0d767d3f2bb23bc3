import { Kysely, sql } from 'kysely';
import { translateDatabaseError } from './database.errors.js';
import type { Schema } from './database.types.js';
import type { OpenDialect } from './open-dialect.types.js';
import { migrate } from './migrate.js';

/** What repositories write their statements with: the pool, or the connection of a transaction. */
export type Connection = Kysely<Schema>;

/** The one way to the tables. What the driver throws comes out as a DatabaseError, any other error as it is. */
export class Database {
  private readonly kysely: Connection;

  constructor(private readonly source: OpenDialect) {
    this.kysely = new Kysely<Schema>({ dialect: source.dialect });
  }

  /** Brings the tables up to date; gives the names of the migrations that were run. */
  async migrate(): Promise<readonly string[]> {
    return this.run(migrate);
  }

  /** Reads, or runs a single statement. */
  async run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return translated(() => work(this.kysely));
  }

  /** All or nothing: rolled back when `work` throws. */
  async transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return translated(() => this.kysely.transaction().execute(work));
  }

  /** A round trip. */
  async ping(): Promise<void> {
    await this.run((connection) => sql`select 1`.execute(connection));
  }

  /** Waits for running statements, closes the connections and gives the data directory up. */
  async close(): Promise<void> {
    await this.kysely.destroy();
    await this.source.release();
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateDatabaseError(error);
  }
}
