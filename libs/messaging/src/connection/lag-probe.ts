import type { NatsConnection } from 'nats';
import type { Clock } from '@interject/observability';

const PROBE_EVERY_MS = 500;

/**
 * How far behind what a connection hands over is: the answer to a ping comes behind everything that the server had sent
 * before it. Tells without comparing clocks of machines.
 */
export class LagProbe {
  private timer: unknown;
  /** When the question was asked that waits, or when the next is due. */
  private waitingSince = Infinity;
  private lastMs = 0;
  private isStopped = false;

  constructor(
    private readonly nats: Pick<NatsConnection, 'flush'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Milliseconds; grows while an answer is missing, and while nothing could be asked: messages that came together are taken
   * one after the other, without a turn for timers.
   */
  get lagMs(): number {
    return Math.max(this.lastMs, this.clock.monotonic() - this.waitingSince);
  }

  start(): void {
    void this.probe();
  }

  stop(): void {
    this.isStopped = true;
    this.clock.clearTimeout(this.timer);
  }

  private async probe(): Promise<void> {
    const askedAt = this.clock.monotonic();
    this.waitingSince = askedAt;
    try {
      await this.nats.flush();
      this.lastMs = this.clock.monotonic() - askedAt;
    } catch {
      // Disconnected: who asks learns that from the connection. It is asked again.
    }
    this.waitingSince = this.clock.monotonic() + PROBE_EVERY_MS;
    if (this.isStopped) return;
    this.timer = this.clock.setTimeout(() => {
      void this.probe();
    }, PROBE_EVERY_MS);
  }
}
