import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';

/** What a worker app tells the runtime. */
export interface WorkerOptions {
  /** URL of the NATS server. */
  readonly natsUrl: string;
  /** Name of the app, e.g. `reports-worker`: stands in the definitions of its tools. */
  readonly service: string;
}

/** {@link WorkerOptions} made by a factory from injected configuration. */
export interface WorkerModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => WorkerOptions | Promise<WorkerOptions>;
}
