import type { Clock } from '@interject/observability';

const TICK_MS = 500;

/**
 * Notices that this process stood still (SIGSTOP, a paused machine, an event loop that was blocked): its leases ran out
 * meanwhile, and what reached it is somebody else's. One for all consumers of a process, so that its ticks cost nothing.
 */
export class SuspensionWatch {
  private readonly listeners = new Set<(pauseMs: number) => void>();
  private steadyAt = 0;
  private wallAt = 0;
  private timer: unknown;

  constructor(private readonly clock: Clock) {}

  /** @param onPause hears of every pause of more than two ticks, with its length. @returns ends it */
  listen(onPause: (pauseMs: number) => void): () => void {
    if (this.listeners.size === 0) {
      this.elapsed();
      this.arm();
    }
    this.listeners.add(onPause);
    return () => {
      this.listeners.delete(onPause);
      if (this.listeners.size === 0) this.clock.clearTimeout(this.timer);
    };
  }

  /** Looks now: what arrives may be handed over before the first tick after a pause. */
  check(): void {
    const pauseMs = this.elapsed();
    if (pauseMs < 2 * TICK_MS || this.listeners.size === 0) return;
    for (const listener of [...this.listeners]) listener(pauseMs);
  }

  private arm(): void {
    this.timer = this.clock.setTimeout(() => {
      this.check();
      this.arm();
    }, TICK_MS);
  }

  /** A steady clock may stand still with its machine, so the wall clock is asked too: a step of it costs a lease at most. */
  private elapsed(): number {
    const { steadyAt, wallAt } = this;
    this.steadyAt = this.clock.monotonic();
    this.wallAt = this.clock.now();
    return Math.max(this.steadyAt - steadyAt, this.wallAt - wallAt);
  }
}
