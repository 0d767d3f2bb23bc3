import { isWriteConflict } from '@interject/messaging';
import type { KvBucket } from '@interject/messaging';
import type { Clock } from '@interject/observability';
import { pause } from '../persistent.js';
import { Lease } from './lease.js';
import { notifierKey, partitionKey } from './lease-board.js';
import type { Claim } from './ownership-policy.js';

/** Who does not read for so long is hung up on by nats-server: then what was missed comes later than the answer to a claim. */
const MISSED_AT_MOST_MS = 10_000;
/** What was missed comes in first. A reader that lost its connection needs two questions for that. */
const CATCH_UP_MS = 300;

/** Writes this notifier's leases. Every claim and renewal says which revision it follows: of two claims one fails. */
export class LeaseStore {
  constructor(
    private readonly bucket: Pick<KvBucket, 'create' | 'update' | 'delete' | 'put' | 'get'>,
    private readonly notifier: string,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined when another notifier was faster. @throws MessagingError */
  async claim({ partition, revision }: Claim): Promise<Lease | undefined> {
    const askedAt = this.clock.monotonic();
    const taken =
      (revision === undefined ? undefined : await this.unlessTaken(() => this.update(partition, revision))) ??
      // It expired in the store too, or there was none.
      (await this.unlessTaken(() => this.bucket.create(partitionKey(partition), this.value())));
    return taken === undefined ? undefined : new Lease(partition, taken, askedAt, this.clock);
  }

  /** @returns false when the lease is lost. @throws MessagingError when that cannot be told now */
  async renew(lease: Lease): Promise<boolean> {
    if (lease.hasEnded) return false;
    const askedAt = this.clock.monotonic();
    const revision =
      (await this.unlessTaken(() => this.update(lease.partition, lease.revision))) ?? (await this.renewAfterOwn(lease));
    if (revision === undefined) return false;
    lease.renewed(revision, askedAt);
    return true;
  }

  /**
   * A renewal that timed out may have been stored: then the revision that is in the way is our own. The entry that is read
   * may be old, but the update after it is refused unless nobody has written since.
   */
  private async renewAfterOwn({ partition }: Lease): Promise<number | undefined> {
    const entry = await this.bucket.get(partitionKey(partition));
    if (entry === undefined || Buffer.from(entry.value).toString() !== this.value()) return undefined;
    return this.unlessTaken(() => this.update(partition, entry.revision));
  }

  /**
   * Takes a lease that has ended again, if nobody else did. The process was held up, or NATS was: to give up what it knows
   * and read it all in again would hold it up even more.
   *
   * @param isUpToDate asked when it is taken: nobody had the partition meanwhile, and nothing was missed. Throws when that
   *   cannot be told: then it is not
   * @returns whether what is known still counts, and the revision if the lease is ours. @throws MessagingError
   */
  async takeAgain(
    lease: Lease,
    isUpToDate: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<{ readonly isKept: boolean; readonly revision?: number }> {
    const isRecent = lease.ageMs < MISSED_AT_MOST_MS;
    lease.hasEnded = true;
    const askedAt = this.clock.monotonic();
    const revision = await this.unlessTaken(() => this.bucket.create(partitionKey(lease.partition), this.value()));
    if (revision === undefined) return { isKept: false };
    if (!isRecent || !(await isUpToDate().catch(() => false))) return { isKept: false, revision };
    await pause(CATCH_UP_MS, signal);
    lease.renewed(revision, askedAt);
    return { isKept: true, revision };
  }

  /** So that others need not wait for its end. */
  async release(lease: Lease): Promise<void> {
    lease.release();
    await this.unlessTaken(() => this.bucket.delete(partitionKey(lease.partition), lease.revision));
  }

  /** Tells the others that this notifier lives. @throws MessagingError */
  async showLife(): Promise<void> {
    await this.bucket.put(notifierKey(this.notifier), this.value());
  }

  async endLife(): Promise<void> {
    await this.bucket.delete(notifierKey(this.notifier));
  }

  private update(partition: number, revision: number): Promise<number> {
    return this.bucket.update(partitionKey(partition), this.value(), revision);
  }

  private value(): string {
    return JSON.stringify({ notifier: this.notifier });
  }

  private async unlessTaken<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      if (isWriteConflict(error)) return undefined;
      throw error;
    }
  }
}
