import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock, Log, Metrics, NO_TRACING, Tracer } from '@interject/observability';
import type { Configs } from './load-configs.js';
import { Readiness } from './readiness.service.js';

export interface RuntimeParts {
  readonly configs: Configs;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly clock: Clock;
  /** Default: tracing is off. */
  readonly tracer?: Tracer;
}

/** Gives every module of the service its config objects, `Log`, `Metrics`, `Readiness`, `Clock` and `Tracer`, by class. */
@Global()
@Module({})
export class RuntimeModule {
  static forRoot({ configs, log, metrics, readiness, clock, tracer = NO_TRACING }: RuntimeParts): DynamicModule {
    const providers = [
      { provide: Log, useValue: log },
      { provide: Metrics, useValue: metrics },
      { provide: Readiness, useValue: readiness },
      { provide: Clock, useValue: clock },
      { provide: Tracer, useValue: tracer },
      ...[...configs.entries].map(([provide, useValue]) => ({ provide, useValue })),
    ];
    return { module: RuntimeModule, providers, exports: providers };
  }
}
