import { Module } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Log } from '@interject/observability';
import { Readiness } from '@interject/runtime';
import { Database } from './database.js';
import { DatabaseMetrics } from './database-metrics.js';
import { DatabaseConfig } from './database.config.js';
import { HandledToolCallsPruning } from './handled-tool-calls-pruning.js';
import { IdempotentTransactions } from './idempotent-transactions.js';
import { openDatabase } from './open-database.js';

/** Opens the {@link Database} at start and closes it last. */
@Module({
  providers: [
    DatabaseMetrics,
    IdempotentTransactions,
    HandledToolCallsPruning,
    { provide: Database, inject: [DatabaseConfig, Log], useFactory: openDatabase },
  ],
  exports: [Database, IdempotentTransactions],
})
export class DatabaseModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness.register('database', async () => {
      await this.database.ping();
      return { status: 'up' };
    });
  }

  /** This hook comes after the transports have drained: no job runs any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
