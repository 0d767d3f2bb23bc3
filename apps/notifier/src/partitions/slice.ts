import type { Clock } from '@interject/observability';

/** Sixteen partitions may be taken over at once: together they hold up renewals and speech by no more than 50 ms. */
const SLICE_MS = 3;

/** Long work in short pieces, between which everything else has its turn. */
export class Slice {
  private startedAt: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.startedAt = clock.monotonic();
  }

  get isOver(): boolean {
    return this.clock.monotonic() - this.startedAt >= SLICE_MS;
  }

  /** Lets the others go first, once. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.startedAt = this.clock.monotonic();
  }
}
