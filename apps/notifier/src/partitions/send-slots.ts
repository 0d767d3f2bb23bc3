import type { Clock } from '@interject/observability';

/**
 * Sends that are under way at a time, from the `sending` record to the answer of the POST. A record counts for 1 s only: a
 * process that begins more than it can send within that time records the same ones again and again, and sends less and less.
 */
export const MAX_SENDS_UNDER_WAY = 256;
/** A send that takes longer waits for Vapi, not for this process: it keeps nobody else from being sent. */
export const SLOT_HELD_MS = 500;

/** The places of a process for sends that are under way. Holders are told apart by identity. */
export class SendSlots {
  /** Since when each is held, the oldest first. */
  private readonly held = new Map<object, number>();
  private readonly waiting = new Set<() => void>();
  private timer: unknown;

  constructor(private readonly clock: Pick<Clock, 'monotonic' | 'setTimeout'>) {}

  get hasRoom(): boolean {
    if (this.held.size < MAX_SENDS_UNDER_WAY) return true;
    const oldest = this.clock.monotonic() - SLOT_HELD_MS;
    for (const [holder, since] of this.held) {
      if (since > oldest) break;
      this.held.delete(holder);
    }
    return this.held.size < MAX_SENDS_UNDER_WAY;
  }

  /** Takes a place, also where there is none: whoever decides to send has asked for room before. */
  take(holder: object): void {
    this.held.delete(holder);
    this.held.set(holder, this.clock.monotonic());
  }

  /** Gives a place back. Without one it does nothing. */
  release(holder: object): void {
    if (!this.held.delete(holder) || this.waiting.size === 0 || this.timer !== undefined) return;
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      this.serve();
    }, 0);
  }

  /** Runs `then` once, when places were given back; those who wait are served in turn. */
  whenFree(then: () => void): void {
    this.waiting.add(then);
  }

  /** Takes back {@link whenFree}. */
  forget(then: () => void): void {
    this.waiting.delete(then);
  }

  private serve(): void {
    for (const then of [...this.waiting]) {
      if (!this.hasRoom) return;
      this.waiting.delete(then);
      then();
    }
  }
}
