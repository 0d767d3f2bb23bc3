import type { Clock } from '@interject/observability';

/** Wall time that never goes back: what the clock showed at the start, moved on by the monotonic one. */
export class OwnerClock {
  private readonly offset: number;

  constructor(private readonly clock: Clock) {
    this.offset = clock.now() - clock.monotonic();
  }

  /** Milliseconds since the epoch, whole. */
  now(): number {
    return Math.round(this.offset + this.clock.monotonic());
  }
}
