import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import {
  AppendLog,
  CoreMessenger,
  EventPublisher,
  KvStore,
  MessagingConnection,
  StreamReader,
} from '@interject/messaging';
import { Clock, Log, Tracer } from '@interject/observability';
import { Readiness } from '@interject/runtime';
import { CallLookup, ControlClient } from '@interject/vapi';
import { assembleOwnership } from './assemble-ownership.js';
import { NotifierConfig } from './notifier.config.js';
import { NotifierMetrics } from './notifier-metrics.js';
import type { Ownership } from './partitions/ownership.js';

/** Starts the notifier, says whether it is ready, and stops it in order. */
@Injectable()
export class NotifierService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly control: ControlClient;
  private readonly lookup: CallLookup | undefined;
  private readonly ownership: Ownership;

  constructor(
    @Inject(NotifierConfig) config: NotifierConfig,
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(EventPublisher) publisher: EventPublisher,
    @Inject(StreamReader) reader: StreamReader,
    @Inject(AppendLog) appendLog: AppendLog,
    @Inject(KvStore) kv: KvStore,
    @Inject(CoreMessenger) core: CoreMessenger,
    @Inject(NotifierMetrics) private readonly metrics: NotifierMetrics,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Clock) clock: Clock,
    @Inject(Log) log: Log,
    @Inject(Tracer) tracer: Tracer,
  ) {
    const { publicKey, apiKey, baseUrl, controlUrlAllowedOrigins, speech } = config;
    this.control = new ControlClient({
      allowedOrigins: controlUrlAllowedOrigins,
      ...(publicKey === undefined ? {} : { publicKey }),
    });
    this.lookup = apiKey === undefined ? undefined : new CallLookup({ apiKey, baseUrl });
    this.ownership = assembleOwnership({
      notifier: randomUUID(),
      settings: speech,
      control: this.control,
      ...(this.lookup === undefined ? {} : { lookup: this.lookup }),
      publisher,
      reader,
      appendLog,
      kv,
      core,
      metrics,
      tracer,
      clock,
      log,
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.metrics.serving = () => ({
      partitions: this.ownership.status().owned,
      calls: this.ownership.callCount,
      waiting: this.ownership.waitingCount,
    });
    this.readiness.register('nats', async () => {
      await this.connection.check();
      return { status: 'up' };
    });
    this.readiness.register('partitions', () => {
      const { owned, elsewhere, partitions, notifiers } = this.ownership.status();
      // Every call is served by somebody.
      return { status: owned + elsewhere >= partitions ? 'up' : 'down', owned, elsewhere, partitions, notifiers };
    });
    await this.ownership.start();
  }

  /** Before the connection closes: what is being said is followed to its end, then the partitions go to others. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.ownership.stop();
    await Promise.all([this.control.close(), this.lookup?.close()]);
  }
}
