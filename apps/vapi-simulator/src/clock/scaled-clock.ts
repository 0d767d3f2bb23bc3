import type { CancelTimer, Clock } from './clock.types.js';

/** Real time, sped up: with a factor of 10 one real second is ten seconds of call time. */
export class ScaledClock implements Clock {
  private readonly originMs = performance.now();

  /** @param factor how much faster than real time calls run, above 0 */
  constructor(private readonly factor: number) {
    if (!(factor > 0) || !Number.isFinite(factor)) throw new RangeError('a time factor is a number above 0');
  }

  nowMs(): number {
    return (performance.now() - this.originMs) * this.factor;
  }

  epochMs(): number {
    return Date.now();
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = setTimeout(run, Math.max(0, delayMs) / this.factor);
    return () => clearTimeout(timer);
  }
}
