import { Inject, Injectable } from '@nestjs/common';
import { isMessagingError } from '@interject/messaging';
import { Clock } from '@interject/runtime';
import type { BrokerState } from './pressure.js';

/** What was measured longer ago says nothing about now. */
const FRESH_MS = 2000;

/** What JetStream has to acknowledge at the moment, and how long it takes to: the sign of a broker that does not keep up. */
@Injectable()
export class BrokerLoad {
  /** In the order of their beginning. */
  private readonly waiting = new Set<{ readonly since: number }>();
  private last: { readonly at: number; readonly tookMs: number } | undefined;
  private answeredAt = -Infinity;

  constructor(@Inject(Clock) private readonly clock: Clock) {}

  get state(): BrokerState {
    if (this.waiting.size === 0 && this.last === undefined) return { publishes: 0, ackMs: 0 };
    const now = this.clock.monotonic();
    const measuredMs = this.last === undefined || now - this.last.at > FRESH_MS ? 0 : this.last.tookMs;
    return { publishes: this.waiting.size, ackMs: Math.max(measuredMs, this.silentMs(now)) };
  }

  /** The outcome of `publish`, which counts until it has one. */
  async track<T>(publish: () => Promise<T>): Promise<T> {
    const entry = { since: this.clock.monotonic() };
    this.waiting.add(entry);
    let isAnswered = true;
    try {
      return await publish();
    } catch (error) {
      // A refusal is an answer as well.
      isAnswered = !isMessagingError(error) || error.code !== 'timeout';
      throw error;
    } finally {
      this.waiting.delete(entry);
      const at = this.clock.monotonic();
      this.last = { at, tookMs: at - entry.since };
      if (isAnswered) this.answeredAt = at;
    }
  }

  /** For how long something has been waiting without anything being answered. */
  private silentMs(now: number): number {
    for (const { since } of this.waiting) return now - Math.max(since, this.answeredAt);
    return 0;
  }
}
