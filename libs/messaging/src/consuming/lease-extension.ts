import type { Clock } from '@interject/observability';

/** Something whose lease is kept alive. */
export interface Leased {
  /** Until when at most, by the monotonic clock (ms). */
  readonly heldUntil: number;
  extend(): void;
}

export interface LeaseExtensionOptions<L extends Leased> {
  readonly ackWaitMs: number;
  readonly clock: Clock;
  /** Hears of a lease that is not extended any more: whoever works under it has had all the time there is. */
  readonly onCeiling: (lease: L) => void;
}

/** Extended this often within an ack_wait: two may be lost. */
const EXTENSIONS_PER_LEASE = 3;

/** One timer that extends the lease of every delivery in flight, those waiting for a free handler too. */
export class LeaseExtension<L extends Leased> {
  private readonly leases = new Set<L>();
  private timer: unknown;

  constructor(private readonly options: LeaseExtensionOptions<L>) {}

  add(lease: L): void {
    this.leases.add(lease);
    this.arm();
  }

  remove(lease: L): void {
    this.leases.delete(lease);
    if (this.leases.size > 0) return;
    this.options.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(): void {
    const { clock, ackWaitMs } = this.options;
    this.timer ??= clock.setTimeout(() => {
      this.timer = undefined;
      this.extendAll();
      if (this.leases.size > 0) this.arm();
    }, ackWaitMs / EXTENSIONS_PER_LEASE);
  }

  private extendAll(): void {
    const now = this.options.clock.monotonic();
    for (const lease of this.leases) {
      if (now < lease.heldUntil) {
        lease.extend();
      } else {
        this.leases.delete(lease);
        this.options.onCeiling(lease);
      }
    }
  }
}
