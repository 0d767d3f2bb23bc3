import type { CancelTimer, Clock } from './clock.types.js';

interface VirtualTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that only moves when told to: for specs. Timers run in due order, promises settle in between. */
export class VirtualClock implements Clock {
  private currentMs = 0;
  private order = 0;
  private readonly timers = new Set<VirtualTimer>();

  constructor(private readonly epochOriginMs = 1_760_000_000_000) {}

  nowMs(): number {
    return this.currentMs;
  }

  epochMs(): number {
    return this.epochOriginMs + this.currentMs;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { dueMs: this.currentMs + Math.max(0, delayMs), order: this.order++, run };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Moves time forward by ms, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.currentMs + ms;
    await settlePromises();
    for (let next = this.nextDue(targetMs); next !== undefined; next = this.nextDue(targetMs)) {
      this.timers.delete(next);
      this.currentMs = next.dueMs;
      next.run();
      await settlePromises();
    }
    this.currentMs = targetMs;
  }

  private nextDue(untilMs: number): VirtualTimer | undefined {
    return [...this.timers]
      .filter((timer) => timer.dueMs <= untilMs)
      .sort((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
  }
}

/** One turn of the event loop: every promise callback that can run has run. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
