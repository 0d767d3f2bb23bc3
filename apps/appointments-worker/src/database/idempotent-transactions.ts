import { Injectable } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { Database } from './database.js';
import type { Connection } from './database.js';
import { DatabaseMetrics } from './database-metrics.js';

/**
 * Work that is done once for each key, however often it is asked for: a job comes again when its worker was lost, maybe
 * after it had done everything but say so. The answer is kept with the key, so that a repeat is answered alike even if
 * the world has moved on; both are written in the transaction of the work itself, so that there is never one without
 * the other.
 */
@Injectable()
export class IdempotentTransactions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly metrics: DatabaseMetrics,
  ) {}

  /**
   * @param work gives a JSON value; whatever it throws undoes the transaction and frees the key
   * @param signal checked before the commit: what is given up in time has not happened
   * @returns what `work` gave, or what it gave the first time
   */
  async run<T extends object>(
    key: string,
    signal: AbortSignal,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const once = async (connection: Connection): Promise<T> => {
      if (!(await this.claim(connection, key))) return this.answer<T>(connection, key);
      const answer = await work(connection);
      await connection
        .updateTable('handled_tool_calls')
        .set({ answer: JSON.stringify(answer) })
        .where('idempotency_key', '=', key)
        .execute();
      signal.throwIfAborted();
      return answer;
    };
    return this.metrics.measure(() => this.database.transaction(once));
  }

  /** While another transaction has the key and is not through, the statement waits for its end. */
  private async claim(connection: Connection, key: string): Promise<boolean> {
    const rows = await connection
      .insertInto('handled_tool_calls')
      .values({ idempotency_key: key, handled_at: new Date(this.clock.now()) })
      .onConflict((conflict) => conflict.column('idempotency_key').doNothing())
      .returning('idempotency_key')
      .execute();
    return rows.length === 1;
  }

  private async answer<T>(connection: Connection, key: string): Promise<T> {
    const { answer } = await connection
      .selectFrom('handled_tool_calls')
      .select('answer')
      .where('idempotency_key', '=', key)
      .executeTakeFirstOrThrow();
    return answer as T;
  }
}
