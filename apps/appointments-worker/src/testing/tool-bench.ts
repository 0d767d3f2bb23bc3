import { Module } from '@nestjs/common';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Clock, Log, Metrics } from '@interject/observability';
import { loadConfigs, Readiness, RuntimeModule } from '@interject/runtime';
import { sql } from 'kysely';
import { AppointmentsConfig } from '../appointments/appointments.config.js';
import { Database } from '../database/database.js';
import { DatabaseConfig } from '../database/database.config.js';
import { ToolsModule } from '../tools/tools.module.js';

@Module({})
class BenchRoot {}

/** What a bench is made of. */
export interface ToolBenchOptions {
  readonly clock: Clock;
  /** Environment variables; the database is in memory unless told. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The tools of this worker with everything below them as in production, without a broker above. */
export class ToolBench {
  private constructor(
    private readonly app: INestApplicationContext,
    readonly readiness: Readiness,
  ) {}

  static async start({ clock, env = {} }: ToolBenchOptions): Promise<ToolBench> {
    const readiness = new Readiness();
    const parts = {
      configs: loadConfigs([AppointmentsConfig, DatabaseConfig], { APPOINTMENTS_DATA_DIR: 'memory://', ...env }),
      log: Log.silent(),
      metrics: new Metrics({ service: 'appointments-worker', version: '0.0.0' }),
      readiness,
      clock,
    };
    const app = await NestFactory.createApplicationContext(
      { module: BenchRoot, imports: [RuntimeModule.forRoot(parts), ToolsModule] },
      { logger: false, abortOnError: false },
    );
    return new ToolBench(app, readiness);
  }

  get<T>(type: Type<T> | symbol): T {
    return this.app.get<T>(type, { strict: false });
  }

  /** Empties the tables. */
  async reset(): Promise<void> {
    const database = this.app.get(Database, { strict: false });
    await database.run((connection) => sql`truncate appointments, handled_tool_calls`.execute(connection));
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
