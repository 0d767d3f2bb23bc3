import { SystemClock } from '@interject/observability';
import type { Log } from '@interject/observability';
import { LagProbe } from '../connection/lag-probe.js';
import { MessagingConnection } from '../connection/messaging-connection.js';
import type { MessagingOptions } from '../messaging.options.js';

/**
 * A connection for what streams hand over, and nothing else (docs/adr/0045): whatever piles up in it delays neither an
 * acknowledgement nor the renewal of a lease.
 */
export class StreamFeed {
  private constructor(
    /** @internal for this library only */
    readonly connection: MessagingConnection,
    private readonly probe: LagProbe,
  ) {}

  /** @throws MessagingError when it cannot be connected */
  static async open(options: MessagingOptions, log: Log): Promise<StreamFeed> {
    const connection = await MessagingConnection.open({ ...options, service: `${options.service}-feed` }, log);
    const probe = new LagProbe(connection.nats, new SystemClock());
    probe.start();
    return new StreamFeed(connection, probe);
  }

  /** How far behind what is handed over is, milliseconds; Infinity while disconnected. */
  get lagMs(): number {
    return this.connection.isConnected ? this.probe.lagMs : Infinity;
  }

  async close(): Promise<void> {
    this.probe.stop();
    await this.connection.close();
  }
}
