import type { StreamConfig } from 'nats';
import { Buckets, DEFAULT_PARTITIONS } from '@interject/contracts';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import type { KvStore } from '../kv/kv-store.js';
import { isMessagingError, MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingOptions } from '../messaging.options.js';
import { PARTITIONS_KEY, topology } from './topology.js';

const RETRY_MS = 250;
/** JetStream answers some time after the server does; longer than this it is a fault to be shown. */
const START_LIMIT_MS = 30_000;

/** Creates streams and buckets where they are missing, brings their limits up to date, and fixes the number of partitions. */
export class Provisioner {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly kv: KvStore,
    private readonly log: Log,
  ) {}

  /**
   * Idempotent, also when several services do it at once.
   *
   * @returns the number of partitions of this installation
   * @throws MessagingError `store-full` when the server's limits do not hold the streams, `partition-mismatch` when
   *   another number of partitions is installed
   */
  async provision(options: MessagingOptions): Promise<number> {
    const started = performance.now();
    for (;;) {
      try {
        for (const config of topology(options.replicas ?? 1)) await this.ensureStream(config);
        return await this.ensurePartitions(options.partitions);
      } catch (error) {
        const failure = toMessagingError('Provisioning NATS streams', error);
        const waitsForJetStream =
          failure.code === MessagingErrorCodes.NoResponder ||
          failure.code === MessagingErrorCodes.Timeout ||
          failure.code === MessagingErrorCodes.Disconnected;
        if (!waitsForJetStream || this.connection.isClosed || performance.now() - started > START_LIMIT_MS)
          throw failure;
        this.log.warn('waiting for JetStream', { code: failure.code });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /**
   * The same after every reconnect: a restarted server has lost the streams it kept in memory, a new one has none at all.
   * Returns what ends it.
   */
  keepProvisioned(options: MessagingOptions): () => void {
    return this.connection.onReconnected(() => {
      void this.provisionUntilDone(options);
    });
  }

  private async provisionUntilDone(options: MessagingOptions): Promise<void> {
    while (this.connection.isConnected) {
      try {
        await this.provision(options);
        return;
      } catch (error) {
        // Disconnected again: the next reconnect takes over.
        if (!this.connection.isConnected) return;
        this.log.error('NATS streams could not be provisioned after a reconnect, trying again', { error });
        await new Promise((resolve) => setTimeout(resolve, START_LIMIT_MS / 10));
      }
    }
  }

  private async ensureStream(wanted: Partial<StreamConfig>): Promise<void> {
    const { streams } = this.connection.manager;
    const name = String(wanted.name);
    try {
      const { config } = await streams.info(name);
      const differs = Object.entries(wanted).some(
        ([field, value]) => JSON.stringify(config[field as keyof StreamConfig]) !== JSON.stringify(value),
      );
      if (differs) await streams.update(name, { ...config, ...wanted });
    } catch (error) {
      if (jetStreamCode(error) !== JetStreamErrorCodes.StreamNotFound) throw error;
      try {
        await streams.add(wanted);
      } catch (failure) {
        // Another service made it in the meantime.
        if (jetStreamCode(failure) !== JetStreamErrorCodes.StreamNameInUse) throw failure;
      }
    }
  }

  private async ensurePartitions(wanted: number | undefined): Promise<number> {
    const settings = this.kv.bucket(Buckets.Settings);
    try {
      const first = wanted ?? DEFAULT_PARTITIONS;
      await settings.create(PARTITIONS_KEY, String(first));
      return first;
    } catch (error) {
      if (!isMessagingError(error) || error.code !== MessagingErrorCodes.KeyExists) throw error;
    }
    const entry = await settings.get(PARTITIONS_KEY);
    const installed = Number(Buffer.from(entry?.value ?? []).toString());
    if (!Number.isInteger(installed) || installed < 1 || (wanted !== undefined && wanted !== installed)) {
      throw new MessagingError(
        MessagingErrorCodes.PartitionMismatch,
        `This NATS installation has ${String(installed)} partitions, ${String(wanted ?? 'a number above 0')} were asked for. ` +
          'The number is fixed at first start: use the installed one, or a fresh NATS store.',
      );
    }
    return installed;
  }
}
