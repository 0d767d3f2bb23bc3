import { Inject, Module, Optional } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Log } from '@interject/observability';
import { MessagingConnection } from './connection/messaging-connection.js';
import { DeadLetters } from './consuming/dead-letters.js';
import { JetStreamStrategy } from './consuming/jetstream.strategy.js';
import { CoreMessenger } from './core/core-messenger.js';
import { KvStore } from './kv/kv-store.js';
import { MESSAGING_OPTIONS } from './messaging.options.js';
import type { MessagingOptions } from './messaging.options.js';
import { Provisioner } from './provisioning/provisioner.js';
import { AppendLog } from './publishing/append-log.js';
import { EventPublisher } from './publishing/event-publisher.js';
import { StreamFeed } from './reading/stream-feed.js';
import { StreamReader } from './reading/stream-reader.js';

export interface MessagingModuleOptions {
  readonly imports?: ModuleMetadata['imports'];
  // Nest's own type of a factory's arguments.
  readonly inject?: NonNullable<Extract<Provider, { inject?: unknown }>['inject']>;
  readonly useFactory: (...dependencies: never[]) => MessagingOptions | Promise<MessagingOptions>;
}

const STREAM_FEED = Symbol('interject.stream-feed');

const providers: Provider[] = [
  {
    provide: MessagingConnection,
    inject: [MESSAGING_OPTIONS, Log],
    useFactory: (options: MessagingOptions, log: Log) => MessagingConnection.open(options, log),
  },
  {
    provide: STREAM_FEED,
    inject: [MESSAGING_OPTIONS, Log],
    useFactory: (options: MessagingOptions, log: Log) =>
      options.readsApart === true ? StreamFeed.open(options, log) : undefined,
  },
  {
    provide: StreamReader,
    inject: [MessagingConnection, Log, { token: STREAM_FEED, optional: true }],
    useFactory: (connection: MessagingConnection, log: Log, feed?: StreamFeed) =>
      new StreamReader(connection, log, feed),
  },
  {
    provide: KvStore,
    inject: [MessagingConnection, StreamReader],
    useFactory: (connection: MessagingConnection, reader: StreamReader) => new KvStore(connection, reader),
  },
  {
    // Everything that publishes waits for this one: the streams are there, and the number of partitions is known.
    provide: EventPublisher,
    inject: [MessagingConnection, KvStore, MESSAGING_OPTIONS, Log],
    useFactory: async (connection: MessagingConnection, kv: KvStore, options: MessagingOptions, log: Log) => {
      const provisioner = new Provisioner(connection, kv, log);
      const partitions = await provisioner.provision(options);
      provisioner.keepProvisioned({ ...options, partitions });
      return new EventPublisher(connection, options.service, partitions);
    },
  },
  {
    provide: AppendLog,
    inject: [MessagingConnection, MESSAGING_OPTIONS],
    useFactory: (connection: MessagingConnection, { service }: MessagingOptions) => new AppendLog(connection, service),
  },
  {
    provide: CoreMessenger,
    inject: [MessagingConnection, Log],
    useFactory: (connection: MessagingConnection, log: Log) => new CoreMessenger(connection, log),
  },
  {
    provide: DeadLetters,
    inject: [MessagingConnection],
    useFactory: (connection: MessagingConnection) => new DeadLetters(connection),
  },
  JetStreamStrategy,
];

/** NATS for a whole process: one connection, provisioned streams, publisher, readers, KV, and the transport for handlers. */
@Module({})
export class MessagingModule implements OnApplicationShutdown {
  constructor(
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Optional() @Inject(STREAM_FEED) private readonly feed?: StreamFeed,
  ) {}

  /** @example `MessagingModule.forRootAsync({ inject: [ServiceConfig], useFactory: ({ natsUrl: url, service, streams }: ServiceConfig) => ({ url, service, ...streams }) })` */
  static forRootAsync(options: MessagingModuleOptions): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        { provide: MESSAGING_OPTIONS, inject: options.inject ?? [], useFactory: options.useFactory as never },
        ...providers,
      ],
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }

  /** Last of all: handlers have ended and their results are flushed. */
  async onApplicationShutdown(): Promise<void> {
    await this.feed?.close();
    await this.connection.close();
  }
}
