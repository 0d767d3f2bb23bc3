import type { Clock } from '@interject/observability';

/**
 * The broker's clock: what it stamped last, and how long ago that came in. The clocks of gateways and workers may be half a
 * minute apart, so how long a job has waited is told by the one clock that stamps both its arrival and our heartbeats.
 */
export class BrokerTime {
  private offset: number | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: Pick<Clock, 'monotonic' | 'setTimeout' | 'clearTimeout'>) {}

  /** Something that was just stored came in; with each the clock is read anew. @param storedAt ms since the epoch, the broker's */
  heard(storedAt: number): void {
    this.offset = storedAt - this.clock.monotonic();
    for (const tell of this.waiting) tell();
  }

  /** How long ago something was stored, ms; undefined while the broker's time is not known. */
  ageOf(storedAt: number): number | undefined {
    return this.offset === undefined ? undefined : Math.max(0, this.offset + this.clock.monotonic() - storedAt);
  }

  /** Resolves when the time is known, or when `limitMs` are over. */
  async known(limitMs: number): Promise<void> {
    if (this.offset !== undefined) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.clock.clearTimeout(timer);
        this.waiting.delete(end);
        resolve();
      };
      const timer = this.clock.setTimeout(end, limitMs);
      this.waiting.add(end);
    });
  }
}
