import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Clock, Log, Metrics } from '@interject/observability';
import type { Configs } from './load-configs.js';
import { Readiness } from './readiness.service.js';

export interface RuntimeParts {
  readonly configs: Configs;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly clock: Clock;
}

/** Gives every module of the service its config objects, `Log`, `Metrics`, `Readiness` and `Clock`, by class. */
@Global()
@Module({})
export class RuntimeModule {
  static forRoot({ configs, log, metrics, readiness, clock }: RuntimeParts): DynamicModule {
    const providers = [
      { provide: Log, useValue: log },
      { provide: Metrics, useValue: metrics },
      { provide: Readiness, useValue: readiness },
      { provide: Clock, useValue: clock },
      ...[...configs.entries].map(([provide, useValue]) => ({ provide, useValue })),
    ];
    return { module: RuntimeModule, providers, exports: providers };
  }
}
