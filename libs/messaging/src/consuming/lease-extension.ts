/** Something whose lease is kept alive. */
export interface Leased {
  extend(): void;
}

/** Extended this often within an ack_wait: two may be lost. */
const EXTENSIONS_PER_LEASE = 3;

/** One timer that extends the lease of every delivery in flight, those waiting for a free handler too. */
export class LeaseExtension {
  private readonly leases = new Set<Leased>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ackWaitMs: number) {}

  add(lease: Leased): void {
    this.leases.add(lease);
    this.timer ??= setInterval(() => {
      for (const each of this.leases) each.extend();
    }, this.ackWaitMs / EXTENSIONS_PER_LEASE);
  }

  remove(lease: Leased): void {
    this.leases.delete(lease);
    if (this.leases.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
