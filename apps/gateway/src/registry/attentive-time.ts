/** The broker gives a sign of life every 2 s, so after this it is away, or we are cut off from it. */
const SILENCE_MS = 3000;
/** Looked at every second; a longer step means that this process stood still, and heard nobody meanwhile. */
const LONGEST_STEP_MS = 2000;

/**
 * Milliseconds in which news could have come. Whoever is aged by this time does not grow old while NATS is away or the
 * gateway itself is suspended: then silence says nothing about workers.
 */
export class AttentiveTime {
  private time = 0;
  private readAt: number;
  private heardAt: number;

  /** @param monotonic milliseconds that never step back */
  constructor(private readonly monotonic: () => number) {
    this.readAt = monotonic();
    this.heardAt = this.readAt;
  }

  /** The broker was heard. */
  heard(): void {
    this.now();
    this.heardAt = this.readAt;
  }

  /** To be called every second at least: what passes unlooked-at does not count. */
  now(): number {
    const monotonic = this.monotonic();
    const passedMs = monotonic - this.readAt;
    this.readAt = monotonic;
    if (monotonic - this.heardAt <= SILENCE_MS) this.time += Math.min(passedMs, LONGEST_STEP_MS);
    return this.time;
  }
}
