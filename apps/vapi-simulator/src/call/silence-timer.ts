import type { CancelTimer, Clock } from '../clock/clock.types.js';

/** Ends a call in which nobody has spoken for too long: Vapi's `silenceTimeoutSeconds`, 30 s (VAPI.md 4). */
export class SilenceTimer {
  private speakers = 0;
  private cancel: CancelTimer | undefined;

  /** @param timeoutMs 0 switches it off */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly expired: () => void,
  ) {}

  /** The call is up and silent. */
  start(): void {
    this.arm();
  }

  someoneStarted(): void {
    this.speakers += 1;
    this.stop();
  }

  someoneStopped(): void {
    this.speakers -= 1;
    if (this.speakers === 0) this.arm();
  }

  /** No more: the call ended, or somebody else has it. */
  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private arm(): void {
    this.stop();
    if (this.timeoutMs > 0) this.cancel = this.clock.after(this.timeoutMs, this.expired);
  }
}
