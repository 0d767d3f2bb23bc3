import { Clock } from './clock.js';

/** The clock of the machine. */
export class SystemClock extends Clock {
  override now(): number {
    return Date.now();
  }

  override monotonic(): number {
    return performance.now();
  }

  override setTimeout(run: () => void, delayMs: number): unknown {
    return setTimeout(run, delayMs);
  }

  override clearTimeout(timer: unknown): void {
    clearTimeout(timer as NodeJS.Timeout | undefined);
  }
}
