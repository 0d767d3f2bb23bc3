import type { PGlite } from '@electric-sql/pglite';
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';

/**
 * PGlite as a pool of one connection, which is what it is: with it Kysely's own PostgreSQL driver runs on PGlite too,
 * and the SQL is the same as on a server. Whoever wants the connection waits for its turn.
 */
export class EmbeddedPool implements PostgresPool {
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly database: PGlite) {}

  async connect(): Promise<PostgresPoolClient> {
    const before = this.turn;
    let release: () => void = () => undefined;
    this.turn = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return new EmbeddedClient(this.database, release);
  }

  /** Waits for those who have the connection or wait for it, then closes the database. */
  async end(): Promise<void> {
    await this.turn;
    await this.database.close();
  }
}

class EmbeddedClient implements PostgresPoolClient {
  constructor(
    private readonly database: PGlite,
    readonly release: () => void,
  ) {}

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string')
      throw new TypeError('The embedded database has no cursors: read all rows at once.');
    return this.run<R>(statement, parameters);
  }

  private async run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const { rows, command, rowCount } = await this.database.query<R>(sql, [...parameters]);
    // Kysely only looks whether the command is one that changes rows.
    return { rows, command: command as PostgresQueryResult<R>['command'], rowCount: rowCount ?? 0 };
  }
}
