import { Inject, Injectable } from '@nestjs/common';
import { Buckets, parseJson, WorkerHeartbeat } from '@interject/contracts';
import { KvStore } from '@interject/messaging';
import type { KvBucket, KvChange, OrderedReader } from '@interject/messaging';
import { Clock, Log } from '@interject/observability';
import { BrokerTime } from './broker-time.js';
import { ReplicaCensus } from './replica-census.js';
import type { ToolOffer } from './replica-census.js';

const RETRY_MS = 1000;

/** Which replicas of all workers live, as this one hears it. Until it hears anything, each tool has one: this replica. */
@Injectable()
export class LiveReplicas {
  /** Told by the stamps of the replicas' heartbeats. @internal */
  readonly brokerTime: BrokerTime;
  private readonly bucket: Pick<KvBucket, 'watch'>;
  private readonly census: ReplicaCensus;
  private reader: OrderedReader | undefined;
  private retry: unknown;
  private isRunning = false;
  private starting: Promise<void> = Promise.resolve();

  constructor(
    @Inject(KvStore) kv: KvStore,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.bucket = kv.bucket(Buckets.Workers);
    this.census = new ReplicaCensus(clock.monotonic());
    this.brokerTime = new BrokerTime(clock);
  }

  /** How many replicas run the tool, this one included: 1 at least. */
  of(tool: string): number {
    return Math.max(
      1,
      this.census.offers(tool).reduce((sum, { replicas }) => sum + replicas, 0),
    );
  }

  /** Who runs the tool, by worker and version. */
  offers(tool: string): readonly ToolOffer[] {
    return this.census.offers(tool);
  }

  /** Listens from now on, without being waited for. @internal */
  start(): void {
    this.isRunning = true;
    this.starting = this.watch();
  }

  /** @internal */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.clock.clearTimeout(this.retry);
    await this.starting;
    await this.reader?.stop();
  }

  private async watch(): Promise<void> {
    try {
      this.reader = await this.bucket.watch({
        onEntry: (entry) => {
          this.read(entry);
        },
        onHeard: () => {
          this.census.heard(this.clock.monotonic());
        },
        onRestart: () => {
          this.census.allJustSeen(this.clock.monotonic());
        },
      });
    } catch (error) {
      if (!this.isRunning) return;
      this.log.warn('the replicas of the workers cannot be watched yet, trying again', { error });
      this.retry = this.clock.setTimeout(() => {
        if (this.isRunning) this.starting = this.watch();
      }, RETRY_MS);
    }
  }

  private read({ key, value, deleted, storedAt }: KvChange): void {
    this.brokerTime.heard(storedAt);
    if (deleted) {
      this.census.left(key);
      return;
    }
    try {
      this.census.beat(parseJson(WorkerHeartbeat, value), this.clock.monotonic());
    } catch (error) {
      // The gateway complains about it, once.
      this.log.debug('a heartbeat does not fit and is passed over', { replica: key, error });
    }
  }
}
