import { connect, ErrorCode, Events, NatsError } from 'nats';
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { Linger, SystemClock } from '@interject/observability';
import type { Log } from '@interject/observability';
import { API_TIMEOUT_MS } from '../messaging.options.js';
import type { MessagingOptions } from '../messaging.options.js';
import { MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { toMessagingError } from './nats-failure.js';
import { StreamWriter } from './stream-writer.js';

const RECONNECT_WAIT_MS = 200;
const WAITING_NOTICE_MS = 5000;
/** Two pings unanswered: a dead peer is noticed after about 6 s, without TCP's help. */
const PING_INTERVAL_MS = 3000;

/**
 * The one connection of a process. It comes back by itself for ever; whoever must not wait asks {@link isConnected}.
 */
export class MessagingConnection {
  private connected = true;
  private readonly listeners = new Set<() => void>();
  /** @internal acknowledgements that wait for the next publish: killed meanwhile, their jobs come again, with their results stored */
  readonly acks = new Linger(new SystemClock());
  /** @internal for this library only */
  readonly writer: StreamWriter;

  private constructor(
    /** @internal for this library only */
    readonly nats: NatsConnection,
    /** @internal for this library only */
    readonly manager: JetStreamManager,
    /** @internal for this library only */
    readonly jetstream: JetStreamClient,
    private readonly log: Log,
  ) {
    this.writer = new StreamWriter(nats, this.acks);
  }

  /**
   * Connects; while the server is away it goes on trying, so that services may start in any order.
   *
   * @throws MessagingError `disconnected` when it shall not wait and nothing answers
   */
  static async open(options: MessagingOptions, log: Log): Promise<MessagingConnection> {
    let nats: NatsConnection;
    // The client itself waits without a word.
    const waiting = setInterval(() => {
      log.warn('waiting for NATS: nothing answers at NATS_URL');
    }, WAITING_NOTICE_MS);
    try {
      nats = await connect({
        servers: options.url.split(',').map((url) => url.trim()),
        name: options.service,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_WAIT_MS,
        waitOnFirstConnect: options.waitForServer ?? true,
        pingInterval: PING_INTERVAL_MS,
        timeout: API_TIMEOUT_MS,
        // A stack for each request in case it fails costs more than the rest of it; our errors say what failed.
        noAsyncTraces: true,
      });
    } catch (cause) {
      const failure = toMessagingError('Connecting to NATS', cause);
      if (failure.code !== MessagingErrorCodes.Disconnected) throw failure;
      throw new MessagingError(failure.code, 'No NATS server answers at NATS_URL: start one, or correct the URL.', {
        cause,
      });
    } finally {
      clearInterval(waiting);
    }
    const jetstream = nats.jetstream({ timeout: API_TIMEOUT_MS });
    // checkAPI would fail while JetStream is still starting; provisioning retries and says what is missing.
    const manager = await nats.jetstreamManager({ timeout: API_TIMEOUT_MS, checkAPI: false });
    const connection = new MessagingConnection(nats, manager, jetstream, log);
    connection.watchStatus();
    return connection;
  }

  get isConnected(): boolean {
    return this.connected && !this.nats.isClosed() && !this.nats.isDraining();
  }

  /** Closed for good, by {@link close}. */
  get isClosed(): boolean {
    return this.nats.isClosed() || this.nats.isDraining();
  }

  /** Calls `listener` after each reconnect; returns what removes it. */
  onReconnected(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /**
   * A round trip to JetStream.
   *
   * @throws MessagingError when it does not answer within `timeoutMs`
   */
  async check(timeoutMs = 1000): Promise<void> {
    this.assertConnected('Checking JetStream');
    try {
      await this.nats.request('$JS.API.INFO', undefined, { timeout: timeoutMs });
    } catch (cause) {
      throw toMessagingError('Checking JetStream', cause);
    }
  }

  /** @throws MessagingError `disconnected`: the client would buffer and send after the caller gave up */
  assertConnected(action: string): void {
    if (!this.isConnected) {
      throw new MessagingError(MessagingErrorCodes.Disconnected, `${action}: not connected to NATS`);
    }
  }

  /** Flushes what was published and closes. Idempotent. */
  async close(): Promise<void> {
    this.listeners.clear();
    this.acks.flush();
    if (this.nats.isClosed()) return;
    if (!this.connected) {
      // A drain would wait for a server that is away.
      await this.nats.close();
      return;
    }
    await this.nats.drain().catch(() => this.nats.close());
  }

  private watchStatus(): void {
    void (async () => {
      for await (const status of this.nats.status()) {
        if (status.type === Events.Disconnect) {
          this.connected = false;
          this.log.warn('disconnected from NATS');
        } else if (status.type === Events.Reconnect) {
          this.connected = true;
          this.log.info('reconnected to NATS');
          for (const listener of this.listeners) listener();
        } else if (status.type === Events.Error && status.permissionContext?.operation === 'publish') {
          this.writer.refused(status.permissionContext.subject, NatsError.errorForCode(ErrorCode.PermissionsViolation));
        }
      }
    })();
    void this.nats.closed().then(() => {
      this.connected = false;
      this.writer.close();
    });
  }
}
