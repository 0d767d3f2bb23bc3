/**
 * Where the services get the time from, so that a test can bring its own. An abstract class, so that it is an injection
 * token too; anything of this shape will do.
 */
export abstract class Clock {
  /** Wall clock, ms since the epoch. */
  abstract now(): number;
  /** Milliseconds that never step back: for time spans, deadlines and leases. */
  abstract monotonic(): number;
  /** Runs `run` once after `delayMs`; the answer is for {@link clearTimeout}. */
  abstract setTimeout(run: () => void, delayMs: number): unknown;
  abstract clearTimeout(timer: unknown): void;
}
