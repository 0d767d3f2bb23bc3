import type { Clock } from '@interject/observability';

/**
 * How long no speech event has come while calls are in progress: somebody talks in every call, so that a long gap means that
 * the events do not get through, and results are said blindly. One for all partitions of a process.
 */
export class SpeechGap {
  private readonly calls = new Set<object>();
  /** Since when there has been a call without interruption, or the last speech event. */
  private since = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Milliseconds; 0 while no call is in progress. */
  get gapMs(): number {
    return this.calls.size === 0 ? 0 : this.clock.monotonic() - this.since;
  }

  /** Whether a call, whatever stands for it, is in progress. May be told again and again. */
  note(call: object, isInProgress: boolean): void {
    if (!isInProgress) {
      this.calls.delete(call);
      return;
    }
    if (this.calls.size === 0) this.since = this.clock.monotonic();
    this.calls.add(call);
  }

  /** Somebody began or ended to speak. */
  heard(): void {
    this.since = this.clock.monotonic();
  }
}
