import { Inject, Module, Optional } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata, OnApplicationShutdown, Provider } from '@nestjs/common';
import { Log, Metrics } from '@interject/observability';
import { endProcess } from './connection/end-process.js';
import { MessagingConnection } from './connection/messaging-connection.js';
import { DeadLetters } from './consuming/dead-letters.js';
import { JetStreamStrategy } from './consuming/jetstream.strategy.js';
import { CoreMessenger } from './core/core-messenger.js';
import { KvStore } from './kv/kv-store.js';
import { MessagingMetrics } from './messaging-metrics.js';
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
    provide: MessagingMetrics,
    inject: [{ token: Metrics, optional: true }],
    useFactory: (metrics: Metrics = new Metrics()) => new MessagingMetrics(metrics),
  },
  {
    provide: MessagingConnection,
    inject: [MESSAGING_OPTIONS, Log],
    useFactory: async (options: MessagingOptions, log: Log) => {
      const connection = await MessagingConnection.open(options, log);
      connection.onLost(endProcess);
      return connection;
    },
  },
  {
    provide: STREAM_FEED,
    inject: [MESSAGING_OPTIONS, Log],
    useFactory: async (options: MessagingOptions, log: Log) => {
      if (options.readsApart !== true) return undefined;
      const feed = await StreamFeed.open(options, log);
      feed.connection.onLost(endProcess);
      return feed;
    },
  },
  {
    provide: StreamReader,
    inject: [MessagingConnection, Log, MessagingMetrics, { token: STREAM_FEED, optional: true }],
    useFactory: (connection: MessagingConnection, log: Log, metrics: MessagingMetrics, feed?: StreamFeed) => {
      const reader = new StreamReader(connection, log, feed);
      metrics.show({
        isConnected: () => connection.isConnected,
        readerPending: () => reader.pending(),
        readerLagMs: () => (reader.isApart ? reader.lagMs : undefined),
      });
      connection.onReconnected(() => {
        metrics.reconnected();
      });
      return reader;
    },
  },
  {
    provide: KvStore,
    inject: [MessagingConnection, StreamReader],
    useFactory: (connection: MessagingConnection, reader: StreamReader) => new KvStore(connection, reader),
  },
  {
    // Everything that publishes waits for this one: the streams are there, and the number of partitions is known.
    provide: EventPublisher,
    inject: [MessagingConnection, KvStore, MESSAGING_OPTIONS, Log, MessagingMetrics],
    useFactory: async (
      connection: MessagingConnection,
      kv: KvStore,
      options: MessagingOptions,
      log: Log,
      metrics: MessagingMetrics,
    ) => {
      const provisioner = new Provisioner(connection, kv, log);
      const partitions = await provisioner.provision(options);
      provisioner.keepProvisioned({ ...options, partitions });
      return new EventPublisher(connection, options.service, partitions, metrics);
    },
  },
  {
    provide: AppendLog,
    inject: [MessagingConnection, MESSAGING_OPTIONS, MessagingMetrics],
    useFactory: (connection: MessagingConnection, { service }: MessagingOptions, metrics: MessagingMetrics) =>
      new AppendLog(connection, service, metrics),
  },
  {
    provide: CoreMessenger,
    inject: [MessagingConnection, Log],
    useFactory: (connection: MessagingConnection, log: Log) => new CoreMessenger(connection, log),
  },
  {
    provide: DeadLetters,
    inject: [MessagingConnection, MessagingMetrics],
    useFactory: (connection: MessagingConnection, metrics: MessagingMetrics) => new DeadLetters(connection, metrics),
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

  /** @example `MessagingModule.forRootAsync({ inject: [ServiceConfig], useFactory: ({ natsUrl: url, access, service, streams }: ServiceConfig) => ({ url, access, service, ...streams }) })` */
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
