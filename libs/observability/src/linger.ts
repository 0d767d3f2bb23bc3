import type { Clock } from './clock.js';

/** Long enough for company at 20 pieces a second and more, and far below every lease and deadline. */
const LINGER_MS = 50;

/**
 * Lets what is not urgent wait for company: all of it runs in one turn of the event loop, and so leaves in one write to a
 * socket, which costs more than the pieces themselves (docs/adr/0034, 0044). A process that is killed meanwhile loses what waits.
 */
export class Linger {
  private readonly waiting = new Set<() => void>();
  private timer: unknown;

  constructor(private readonly clock: Clock) {}

  /** @param run called once within 50 ms, however often it was added meanwhile; must not throw */
  add(run: () => void): void {
    this.waiting.add(run);
    this.timer ??= this.clock.setTimeout(() => {
      this.flush();
    }, LINGER_MS);
  }

  /** Runs all that wait, at once. */
  flush(): void {
    if (this.timer === undefined) return;
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.waiting];
    this.waiting.clear();
    for (const run of all) run();
  }
}
