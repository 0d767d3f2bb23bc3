import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Log } from '@interject/observability';
import { Database } from './database.js';

const DAY_MS = 86_400_000;
/** A tool call comes again within a day, as a replayed dead letter within 30: then nobody asks for its answer any more. */
const KEPT_MS = 31 * DAY_MS;
const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 3_600_000;

/** Forgets tool calls that cannot come again, so that the table does not grow for ever. Replicas may do it side by side. */
@Injectable()
export class HandledToolCallsPruning implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: unknown;
  private isRunning = false;
  private pass: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.isRunning = true;
    this.schedule(FIRST_AFTER_MS);
  }

  /** The database is closed after this hook. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isRunning = false;
    this.clock.clearTimeout(this.timer);
    await this.pass;
  }

  private schedule(delayMs: number): void {
    this.timer = this.clock.setTimeout(() => {
      this.pass = this.prune().finally(() => {
        if (this.isRunning) this.schedule(EVERY_MS);
      });
    }, delayMs);
  }

  private async prune(): Promise<void> {
    const before = new Date(this.clock.now() - KEPT_MS);
    try {
      const { numDeletedRows } = await this.database.run((connection) =>
        connection.deleteFrom('handled_tool_calls').where('handled_at', '<', before).executeTakeFirstOrThrow(),
      );
      if (numDeletedRows > 0n) this.log.info('old tool calls forgotten', { count: Number(numDeletedRows) });
    } catch (error) {
      this.log.warn('old tool calls could not be forgotten, trying again in an hour', { error });
    }
  }
}
