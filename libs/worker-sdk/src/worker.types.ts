import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { MessagingOptions } from '@interject/messaging';

/** Where backends call back to, see `ToolCallContext.callback`. */
export interface CallbackOptions {
  /** `GATEWAY_PUBLIC_URL`: where backends reach the gateway, e.g. `https://interject.example.com`. */
  readonly publicUrl: string;
  /** `CALLBACK_SECRET`: at least 16 characters, the same at the gateways. */
  readonly secret: string;
}

/** What a worker app tells the runtime. */
export interface WorkerOptions {
  /** URL of the NATS server. */
  readonly natsUrl: string;
  /** As whom it logs in to NATS (NATS_USER, NATS_PASSWORD). */
  readonly access?: MessagingOptions['access'];
  /** Name of the app, e.g. `reports-worker`: stands in the definitions of its tools. */
  readonly service: string;
  /** What the streams are to be like (NATS_REPLICAS, NATS_STORE_GIB); left out, they stay as they are installed. */
  readonly streams?: Pick<MessagingOptions, 'replicas' | 'storeBytes'>;
  /** Without it no handler can wait for a callback. */
  readonly callbacks?: CallbackOptions | undefined;
}

/** {@link WorkerOptions} made by a factory from injected configuration. */
export interface WorkerModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...args: never[]) => WorkerOptions | Promise<WorkerOptions>;
}
