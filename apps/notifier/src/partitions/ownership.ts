import { setMaxListeners } from 'node:events';
import { fnv1a } from '@interject/contracts';
import type { Clock, Log } from '@interject/observability';
import type { NotifierMetrics } from '../notifier-metrics.js';
import type { ControlUrls } from '../delivery/control-urls.js';
import type { SpeechSwitch } from '../mute/speech-switch.js';
import { pause } from '../persistent.js';
import type { Lease } from './lease.js';
import type { LeaseBoard } from './lease-board.js';
import type { LeaseStore } from './lease-store.js';
import { LifeSign } from './life-sign.js';
import { planOwnership } from './ownership-policy.js';
import type { Claim, HeldView } from './ownership-policy.js';
import type { PartitionOwner } from './partition-owner.js';
import { Wake } from './wake.js';

export interface OwnershipParts {
  readonly notifier: string;
  readonly partitions: number;
  readonly board: LeaseBoard;
  /** Known before the first partition is served. */
  readonly urls: Pick<ControlUrls, 'start' | 'stop'>;
  /** Known before the first partition is served: nobody shall speak who has not seen it. */
  readonly speechSwitch: Pick<SpeechSwitch, 'start' | 'stop'>;
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
  renewal?: Promise<void>;
  leaving?: Promise<void>;
}

/** It is looked for free partitions this often, and at once when one is given back. */
const LOOK_EVERY_MS = 500;
const RENEW_EVERY_MS = 1000;
const GIVE_UP_EVERY_MS = 1000;
/** A partition that is given up or left at a stop is drained for at most this long. */
const DRAIN_MS = 4000;

/**
 * Claims, renews and gives up the leases of partitions, and starts and stops their owners with them. Nothing makes a renewal
 * wait: not a claim, not a take-over, not the renewal of another partition.
 */
export class Ownership {
  private readonly held = new Map<number, Held>();
  private readonly claiming = new Map<number, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly freed = new Wake();
  private readonly life: LifeSign;
  private lastGiveUp = -Infinity;
  private isShuttingDown = false;
  private loops: Promise<unknown> | undefined;

  constructor(private readonly parts: OwnershipParts) {
    this.life = new LifeSign(parts.store, parts.log);
    // Each lease may wait for it.
    setMaxListeners(0, this.stopping.signal);
  }

  /** @throws MessagingError when KV cannot be read */
  async start(): Promise<void> {
    const { board, urls, speechSwitch } = this.parts;
    await Promise.all([
      urls.start(),
      speechSwitch.start(),
      board.start(() => {
        this.freed.now();
      }),
    ]);
    this.loops = Promise.all([this.renewals(), this.claims()]);
  }

  /** Tells the others, ends the speech under way, and gives each lease back as soon as it can. Renews until then. */
  async stop(): Promise<void> {
    this.isShuttingDown = true;
    // First, so that the others count on our share while it becomes free.
    await this.life.end();
    await this.giveUpAll();
    await Promise.all(this.claiming.values());
    await this.giveUpAll();
    this.stopping.abort();
    this.freed.now();
    await this.loops;
    await Promise.all([this.parts.board.stop(), this.parts.urls.stop(), this.parts.speechSwitch.stop()]);
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

  /** Utterances of all calls that are still to be said. */
  get waitingCount(): number {
    return [...this.held.values()].reduce((sum, { owner }) => sum + owner.waitingCount, 0);
  }

  private liveNotifiers(): number {
    return new Set([...this.parts.board.liveNotifiers(), this.parts.notifier]).size;
  }

  private async renewals(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.life.show();
      for (const one of this.held.values()) one.renewal ??= this.renew(one);
      await pause(RENEW_EVERY_MS, this.stopping.signal);
    }
  }

  private async claims(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (!this.isShuttingDown) this.look();
      // An expiry tells nothing by itself: it is looked for when it is due.
      await this.freed.within(Math.min(LOOK_EVERY_MS, this.parts.board.nextExpiryIn() + 1));
    }
  }

  private look(): void {
    const now = this.parts.clock.monotonic();
    const { claims, giveUp } = planOwnership(this.view(now));
    const leaving = giveUp === undefined ? undefined : this.held.get(giveUp);
    if (leaving !== undefined) {
      this.lastGiveUp = now;
      void this.giveUp(leaving);
    }
    for (const claim of claims) this.beginClaim(claim);
  }

  private view(now: number): Parameters<typeof planOwnership>[0] {
    const { board, partitions, notifier } = this.parts;
    const claimed = [...this.claiming.keys()].filter((partition) => !this.held.has(partition));
    const mine: HeldView[] = [
      ...[...this.held.values()].map(({ owner, isGivenUp }) => ({
        partition: owner.partition,
        // All calls are looked through for it, and seldom is a partition to be given up.
        get isBusy() {
          return owner.isBusy;
        },
        callCount: owner.callCount,
        isLeaving: isGivenUp,
      })),
      // Last to be given up: it is not ours yet.
      ...claimed.map((partition) => ({ partition, isBusy: true, callCount: Infinity, isLeaving: false })),
    ];
    return {
      partitions,
      liveNotifiers: this.liveNotifiers(),
      mine,
      others: board.leases().filter(({ partition }) => !this.held.has(partition)),
      mayGiveUp: now - this.lastGiveUp >= GIVE_UP_EVERY_MS,
      preference: fnv1a(notifier) % partitions,
    };
  }

  private beginClaim(claim: Claim): void {
    const { partition } = claim;
    if (this.claiming.has(partition)) return;
    const done = this.claim(claim)
      .catch((error: unknown) => {
        this.parts.log.warn('a lease could not be claimed', { partition, error });
      })
      .finally(() => {
        this.claiming.delete(partition);
      });
    this.claiming.set(partition, done);
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
    const { partition } = one.lease;
    try {
      const isOurs = await this.parts.store.renew(one.lease);
      if (isOurs || this.held.get(partition) !== one) return;
      const { signal } = this.stopping;
      const { isKept, ...taken } = await this.parts.store.takeAgain(one.lease, () => one.owner.isUpToDate(), signal);
      if (isKept) this.parts.log.warn('a lease had ended, and nobody else had the partition', { partition });
      if (isKept || this.held.get(partition) !== one) return;
      this.lose(partition, 'the lease is gone');
      // After a restart of the broker nobody has it; if somebody does, this fails.
      if (!this.isShuttingDown) this.beginClaim({ partition, ...taken });
    } catch (error) {
      this.parts.log.warn('a lease could not be renewed', { partition, error });
    } finally {
      delete one.renewal;
    }
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
    // It may be moving on the revision, without which nothing can be given back.
    await one.renewal;
    await this.parts.store.release(one.lease).catch((error: unknown) => {
      this.parts.log.warn('a lease could not be given back: it ends by itself', {
        partition: one.lease.partition,
        error,
      });
    });
    this.parts.log.debug('partition given up', { partition: one.lease.partition });
  }
}
