import { fnv1a } from '@interject/contracts';
import type { Clock, Log } from '@interject/observability';
import type { NotifierMetrics } from '../notifier-metrics.js';
import { pause } from '../persistent.js';
import type { Lease } from './lease.js';
import type { LeaseBoard } from './lease-board.js';
import type { LeaseStore } from './lease-store.js';
import { planOwnership } from './ownership-policy.js';
import type { Claim } from './ownership-policy.js';
import type { PartitionOwner } from './partition-owner.js';

export interface OwnershipParts {
  readonly notifier: string;
  readonly partitions: number;
  readonly board: LeaseBoard;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly metrics: NotifierMetrics;
  readonly log: Log;
  readonly serve: (lease: Lease, onLost: () => void) => PartitionOwner;
}

export interface OwnershipStatus {
  /** Served by this one, replay done. */
  readonly owned: number;
  /** Served by others, as their leases say. */
  readonly elsewhere: number;
  readonly partitions: number;
  readonly notifiers: number;
}

interface Held {
  readonly lease: Lease;
  readonly owner: PartitionOwner;
  isGivenUp: boolean;
  leaving?: Promise<void>;
}

const TICK_MS = 500;
const RENEW_EVERY_MS = 1000;
const GIVE_UP_EVERY_MS = 1000;
/** A partition that is given up or left at a stop is drained for at most this long. */
const DRAIN_MS = 4000;

/** Claims, renews and gives up the leases of partitions, and starts and stops their owners with them. */
export class Ownership {
  private readonly held = new Map<number, Held>();
  private readonly stopping = new AbortController();
  private lastRenewal = -Infinity;
  private lastGiveUp = -Infinity;
  private isShuttingDown = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly parts: OwnershipParts) {}

  /** @throws MessagingError when KV cannot be read */
  async start(): Promise<void> {
    await this.parts.board.start();
    this.loop = this.run();
  }

  /** Ends the speech under way, gives all leases back, and tells the others. Renews until then. */
  async stop(): Promise<void> {
    this.isShuttingDown = true;
    await this.giveUpAll();
    this.stopping.abort();
    await this.loop;
    // A claim may have been under way.
    await this.giveUpAll();
    await this.parts.board.stop();
    await this.parts.store.endLife().catch((error: unknown) => {
      this.parts.log.warn('this notifier could not be signed off: the others notice it in seconds', { error });
    });
  }

  status(): OwnershipStatus {
    const { board, partitions } = this.parts;
    const owned = [...this.held.values()].filter(({ owner }) => owner.isLive).length;
    const elsewhere = board.leases().filter((lease) => !this.held.has(lease.partition) && !lease.isExpired).length;
    return { owned, elsewhere, partitions, notifiers: this.liveNotifiers() };
  }

  get callCount(): number {
    return [...this.held.values()].reduce((sum, { owner }) => sum + owner.callCount, 0);
  }

  private liveNotifiers(): number {
    return new Set([...this.parts.board.liveNotifiers(), this.parts.notifier]).size;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.tick();
      } catch (error) {
        this.parts.log.warn('leases could not be written', { error });
      }
      await pause(TICK_MS, this.stopping.signal);
    }
  }

  private async tick(): Promise<void> {
    const now = this.parts.clock.monotonic();
    if (now - this.lastRenewal >= RENEW_EVERY_MS - TICK_MS / 2) {
      this.lastRenewal = now;
      await Promise.all([this.parts.store.showLife(), ...[...this.held.values()].map((one) => this.renew(one))]);
    }
    if (this.isShuttingDown) return;
    const { claims, giveUp } = planOwnership(this.view(now));
    const leaving = giveUp === undefined ? undefined : this.held.get(giveUp);
    if (leaving !== undefined) {
      this.lastGiveUp = now;
      void this.giveUp(leaving);
    }
    await Promise.all(claims.map((claim) => this.claim(claim)));
  }

  private view(now: number): Parameters<typeof planOwnership>[0] {
    const { board, partitions, notifier } = this.parts;
    return {
      partitions,
      liveNotifiers: this.liveNotifiers(),
      mine: [...this.held.values()].map(({ owner, isGivenUp }) => ({
        partition: owner.partition,
        isBusy: owner.isBusy,
        callCount: owner.callCount,
        isLeaving: isGivenUp,
      })),
      others: board.leases().filter(({ partition }) => !this.held.has(partition)),
      mayGiveUp: now - this.lastGiveUp >= GIVE_UP_EVERY_MS,
      preference: fnv1a(notifier) % partitions,
    };
  }

  private async claim(claim: Claim): Promise<void> {
    const lease = await this.parts.store.claim(claim);
    if (lease === undefined) return;
    const { partition } = lease;
    if (this.isShuttingDown) {
      await this.parts.store.release(lease);
      return;
    }
    const owner = this.parts.serve(lease, () => {
      this.lose(partition, 'another writer in the utterance log');
    });
    this.held.set(partition, { lease, owner, isGivenUp: false });
    this.parts.log.debug('partition claimed', { partition });
    owner.start().catch((error: unknown) => {
      this.parts.log.error('a partition could not be taken over: it is given back', { partition, error });
      const held = this.held.get(partition);
      if (held?.owner === owner) void this.giveUp(held);
    });
  }

  private async renew(one: Held): Promise<void> {
    const isOurs = await this.parts.store.renew(one.lease);
    const { partition } = one.lease;
    if (isOurs || this.held.get(partition) !== one) return;
    this.lose(partition, 'the lease is gone');
    // After a restart of the broker nobody has it; if somebody does, this fails.
    if (!this.isShuttingDown) await this.claim({ partition });
  }

  private lose(partition: number, reason: string): void {
    const one = this.held.get(partition);
    if (one === undefined) return;
    this.held.delete(partition);
    one.lease.release();
    this.parts.metrics.ownershipLost.inc();
    this.parts.log.warn('partition lost', { partition, reason });
    void one.owner.stop();
  }

  private async giveUpAll(): Promise<void> {
    await Promise.all([...this.held.values()].map((one) => this.giveUp(one)));
  }

  /** @returns when it is given up; also when somebody else asked for that before */
  private giveUp(one: Held): Promise<void> {
    one.isGivenUp = true;
    one.leaving ??= this.leave(one);
    return one.leaving;
  }

  private async leave(one: Held): Promise<void> {
    await one.owner.drain(DRAIN_MS);
    await one.owner.stop();
    if (this.held.get(one.lease.partition) !== one) return;
    this.held.delete(one.lease.partition);
    await this.parts.store.release(one.lease).catch((error: unknown) => {
      this.parts.log.warn('a lease could not be given back: it ends by itself', {
        partition: one.lease.partition,
        error,
      });
    });
    this.parts.log.debug('partition given up', { partition: one.lease.partition });
  }
}
