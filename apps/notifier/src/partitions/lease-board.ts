import { LEASE_TTL_MS } from '@interject/messaging';
import type { KvBucket, KvChange, OrderedReader } from '@interject/messaging';
import type { Clock } from '@interject/observability';
import type { LeaseView } from './ownership-policy.js';

const PARTITION_PREFIX = 'partition.';
const NOTIFIER_PREFIX = 'notifier.';

export function partitionKey(partition: number): string {
  return `${PARTITION_PREFIX}${String(partition)}`;
}

export function notifierKey(notifier: string): string {
  return `${NOTIFIER_PREFIX}${notifier}`;
}

interface Seen {
  readonly revision: number;
  readonly changedAt: number;
  /** Of the entries that were there at the start only this is known. */
  readonly isInitial: boolean;
}

/**
 * What KV `leases` shows. Expiry sends no event on nats-server 2.9, and a clock in the value would be another machine's:
 * an entry whose revision has not changed for a lease's life, on our own monotonic clock, counts as gone.
 */
export class LeaseBoard {
  private readonly seen = new Map<string, Seen>();
  private watch: OrderedReader | undefined;
  private hasStarted = false;
  private onGone: () => void = () => undefined;

  constructor(
    private readonly bucket: Pick<KvBucket, 'watch'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Settles when the present entries are known.
   *
   * @param onGone a lease was given back, or a notifier signed off: no need to wait for an expiry
   * @throws MessagingError
   */
  async start(onGone: () => void = () => undefined): Promise<void> {
    this.onGone = onGone;
    await new Promise<void>((resolve, reject) => {
      this.bucket
        .watch({
          onEntry: (entry) => {
            this.note(entry);
          },
          onCaughtUp: () => {
            this.hasStarted = true;
            resolve();
          },
        })
        .then((watch) => {
          this.watch = watch;
        })
        .catch(reject);
    });
  }

  async stop(): Promise<void> {
    await this.watch?.stop();
  }

  /** Leases of partitions, those of this process too. */
  leases(): LeaseView[] {
    return this.entries(PARTITION_PREFIX).map(([name, { revision, changedAt, isInitial }]) => ({
      partition: Number(name),
      revision,
      isExpired: this.isExpired(changedAt),
      isDoubtful: isInitial,
    }));
  }

  /** Names of the notifiers that have shown themselves lately. */
  liveNotifiers(): string[] {
    return this.entries(NOTIFIER_PREFIX)
      .filter(([, { changedAt }]) => !this.isExpired(changedAt))
      .map(([name]) => name);
  }

  /** How long until the next of the entries would expire, milliseconds; Infinity when none would. */
  nextExpiryIn(): number {
    const now = this.clock.monotonic();
    let next = Infinity;
    for (const { changedAt } of this.seen.values()) {
      const expiresIn = changedAt + LEASE_TTL_MS - now;
      if (expiresIn > 0) next = Math.min(next, expiresIn);
    }
    return next;
  }

  private entries(prefix: string): [string, Seen][] {
    return [...this.seen]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, seen]) => [key.slice(prefix.length), seen]);
  }

  private isExpired(changedAt: number): boolean {
    return this.clock.monotonic() - changedAt >= LEASE_TTL_MS;
  }

  private note({ key, revision, deleted }: KvChange): void {
    if (deleted) {
      this.seen.delete(key);
      if (this.hasStarted) this.onGone();
    } else if (this.seen.get(key)?.revision !== revision) {
      this.seen.set(key, { revision, changedAt: this.clock.monotonic(), isInitial: !this.hasStarted });
    }
  }
}
