import { Buckets } from '@interject/contracts';
import { jetStreamCode, JetStreamErrorCodes } from '../connection/nats-failure.js';
import type { KvStore } from '../kv/kv-store.js';
import { MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { PARTITIONS_KEY } from '../provisioning/topology.js';

/** How many partitions an installation has, and since when. */
export interface InstalledPartitions {
  readonly count: number;
  /** What {@link PartitionSettings.change} expects. */
  readonly revision: number;
  /** When the number was written: milliseconds since the epoch, the server's clock. */
  readonly since: number;
}

/** The number of partitions by an operator's word. Services read it at their start alone. */
export class PartitionSettings {
  constructor(private readonly kv: Pick<KvStore, 'bucket'>) {}

  /** @throws MessagingError `not-installed` when no service has ever started there */
  async read(): Promise<InstalledPartitions> {
    const entry = await this.kv
      .bucket(Buckets.Settings)
      .get(PARTITIONS_KEY)
      .catch((error: unknown) => {
        const cause = error instanceof Error ? error.cause : undefined;
        if (jetStreamCode(cause) === JetStreamErrorCodes.StreamNotFound) return undefined;
        throw error;
      });
    const count = Number(Buffer.from(entry?.value ?? []).toString());
    if (entry !== undefined && Number.isInteger(count) && count > 0) {
      return { count, revision: entry.revision, since: entry.storedAt };
    }
    const text = 'There is no Interject installation in this NATS: start a service once, or look at NATS_URL.';
    throw new MessagingError(MessagingErrorCodes.NotInstalled, text);
  }

  /**
   * Another number for services that start from now on. No service may run and no call be live (docs/adr/0054).
   *
   * @throws MessagingError `sequence-conflict` when somebody else has changed it since it was read
   */
  async change(count: number, { revision }: Pick<InstalledPartitions, 'revision'>): Promise<void> {
    await this.kv.bucket(Buckets.Settings).update(PARTITIONS_KEY, String(count), revision);
  }
}
