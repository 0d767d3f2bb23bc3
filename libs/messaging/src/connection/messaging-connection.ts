import { connect, createInbox, ErrorCode, Events, NatsError } from 'nats';
import type { JetStreamClient, JetStreamManager, NatsConnection } from 'nats';
import { Linger, SystemClock } from '@interject/observability';
import type { Log } from '@interject/observability';
import { API_TIMEOUT_MS } from '../messaging.options.js';
import type { MessagingOptions } from '../messaging.options.js';
import { MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { toMessagingError } from './nats-failure.js';
import { loginOf } from './nats-login.js';
import { RefusalReports } from './refusal-reports.js';
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
  private readonly lossListeners = new Set<(failure: MessagingError) => void>();
  /** @internal acknowledgements that wait for the next publish: killed meanwhile, their jobs come again, with their results stored */
  readonly acks = new Linger(new SystemClock());
  /** @internal for this library only */
  readonly writer: StreamWriter;
  private readonly refusals: RefusalReports;
  private isClosing = false;

  private constructor(
    /** @internal for this library only */
    readonly nats: NatsConnection,
    /** @internal for this library only */
    readonly manager: JetStreamManager,
    /** @internal for this library only */
    readonly jetstream: JetStreamClient,
    private readonly inboxPrefix: string | undefined,
    private readonly log: Log,
  ) {
    this.writer = new StreamWriter(nats, this.acks, () => this.newInbox());
    this.refusals = new RefusalReports(new SystemClock(), log);
  }

  /**
   * Connects; while the server is away it goes on trying, so that services may start in any order.
   *
   * @throws MessagingError `disconnected` when it shall not wait and nothing answers, `not-permitted` when NATS does not
   *   know the user
   */
  static async open(options: MessagingOptions, log: Log): Promise<MessagingConnection> {
    let nats: NatsConnection;
    const login = loginOf(options);
    // The client itself waits without a word.
    const waiting = setInterval(() => {
      log.warn('waiting for NATS: nothing answers at NATS_URL');
    }, WAITING_NOTICE_MS);
    try {
      nats = await connect({
        ...login,
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
      if (failure.code === MessagingErrorCodes.NotPermitted) throw unknownUser(login.user, cause);
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
    const connection = new MessagingConnection(nats, manager, jetstream, login.inboxPrefix, log);
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

  /** A subject for answers that nobody else may listen to. @internal */
  newInbox(): string {
    return createInbox(this.inboxPrefix);
  }

  /** Calls `listener` after each reconnect; returns what removes it. */
  onReconnected(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Calls `listener` when NATS does not let this user in any more: the client has given up, only a new start helps. */
  onLost(listener: (failure: MessagingError) => void): void {
    this.lossListeners.add(listener);
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
    this.isClosing = true;
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
        } else if (status.type === Events.Error && status.permissionContext !== undefined) {
          this.refused(status.permissionContext);
        }
      }
    })();
    void this.nats.closed().then((cause) => {
      this.connected = false;
      this.writer.close();
      if (this.isClosing || !(cause instanceof Error)) return;
      const failure = toMessagingError('The connection to NATS', cause);
      this.log.error('the connection to NATS is closed for good', { error: failure });
      for (const listener of this.lossListeners) listener(failure);
    });
  }

  private refused(context: { readonly operation: string; readonly subject: string }): void {
    this.refusals.report(context);
    if (context.operation !== 'publish') return;
    const error = NatsError.errorForCode(ErrorCode.PermissionsViolation);
    error.permissionContext = context;
    this.writer.refused(context.subject, error);
  }
}

function unknownUser(user: string | undefined, cause: unknown): MessagingError {
  const text =
    user === undefined
      ? 'NATS lets nobody in without a user: set NATS_USER and NATS_PASSWORD (docs/guides/nats.md, Access).'
      : `NATS does not let the user ${user} in: look at NATS_USER and NATS_PASSWORD (docs/guides/nats.md, Access).`;
  return new MessagingError(MessagingErrorCodes.NotPermitted, text, { cause });
}
