import type { NatsConnection } from 'nats';
import type { Clock } from '@interject/observability';

const PROBE_EVERY_MS = 500;

/**
 * How far behind what a connection hands over is: the answer to a ping comes behind everything that the server had sent
 * before it. Tells without comparing clocks of machines.
 */
export class LagProbe {
  private timer: unknown;
  private askedAt: number | undefined;
  private lastMs = 0;
  private isStopped = false;

  constructor(
    private readonly nats: Pick<NatsConnection, 'flush'>,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds; grows while an answer is missing. */
  get lagMs(): number {
    const waitingMs = this.askedAt === undefined ? 0 : this.clock.monotonic() - this.askedAt;
    return Math.max(this.lastMs, waitingMs);
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
    this.askedAt = askedAt;
    try {
      await this.nats.flush();
      this.lastMs = this.clock.monotonic() - askedAt;
    } catch {
      // Disconnected: who asks learns that from the connection. It is asked again.
    }
    this.askedAt = undefined;
    if (this.isStopped) return;
    this.timer = this.clock.setTimeout(() => {
      void this.probe();
    }, PROBE_EVERY_MS);
  }
}
