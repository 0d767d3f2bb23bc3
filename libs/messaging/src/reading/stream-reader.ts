import type { MsgRequest, StreamInfo } from 'nats';
import type { StreamName } from '@interject/contracts';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { askAgain, within } from '../within.js';
import { OrderedPushReader } from './ordered-reader.js';
import type { OrderedReader, ReadOptions } from './ordered-reader.js';
import { headerRecord } from './stored-message.js';
import type { StoredMessage } from './stored-message.js';
import type { StreamFeed } from './stream-feed.js';

/** Reads streams without acknowledging anything. */
export class StreamReader {
  private readonly readers = new Set<{ readonly stream: StreamName; readonly reader: OrderedPushReader }>();

  constructor(
    private readonly connection: MessagingConnection,
    private readonly log: Log,
    /** Over which streams are read, if not over the same connection. */
    private readonly feed?: StreamFeed,
  ) {}

  /** Streams are read over a connection of their own. */
  get isApart(): boolean {
    return this.feed !== undefined;
  }

  /** How far behind what {@link read} hands over is, milliseconds; 0 where it has no connection of its own. */
  get lagMs(): number {
    return this.feed?.lagMs ?? 0;
  }

  /**
   * Hands over the messages of a subject in order, each once, and goes on with the new ones; survives reconnects.
   *
   * @throws MessagingError when the stream cannot be reached at the start
   */
  async read(options: ReadOptions & { readonly stream: StreamName }): Promise<OrderedReader> {
    const reader = await this.open(this.feed?.connection ?? this.connection, options);
    const entry = { stream: options.stream, reader };
    this.readers.add(entry);
    reader.onStopped = () => this.readers.delete(entry);
    return reader;
  }

  /** Hands over all that is stored of a subject now, oldest first. @throws MessagingError */
  async each(stream: StreamName, subject: string, onMessage: (message: StoredMessage) => void): Promise<void> {
    let caughtUp!: () => void;
    const done = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const reader = await this.read({ stream, subject, onMessage, onCaughtUp: caughtUp });
    try {
      await done;
    } finally {
      await reader.stop();
    }
  }

  /** Messages that the readers of each stream have not been handed yet, as of the last one they were. */
  pending(): ReadonlyMap<StreamName, number> {
    const pending = new Map<StreamName, number>();
    for (const { stream, reader } of this.readers) pending.set(stream, (pending.get(stream) ?? 0) + reader.pending);
    return pending;
  }

  /** @internal of the streams behind KV buckets: leases are among them, which must not be late */
  async readStream(options: ReadOptions): Promise<OrderedReader> {
    return this.open(this.connection, options);
  }

  private async open(connection: MessagingConnection, options: ReadOptions): Promise<OrderedPushReader> {
    const reader = new OrderedPushReader(connection, options, this.log);
    try {
      await reader.start();
    } catch (cause) {
      await reader.stop();
      throw toMessagingError('Reading a stream', cause);
    }
    return reader;
  }

  /**
   * Since when the stream exists, milliseconds since the epoch, the broker's clock: a memory stream is made anew when its
   * broker has restarted, and holds nothing from before.
   *
   * @throws MessagingError
   */
  async createdAt(stream: StreamName): Promise<number> {
    this.connection.assertConnected('Reading of a stream');
    try {
      return Date.parse((await this.infoOf(stream)).created);
    } catch (cause) {
      throw toMessagingError('Reading of a stream', cause);
    }
  }

  /**
   * How full a stream is: its bytes as a share of `max_bytes`, 0 when it has no bound.
   *
   * @throws MessagingError
   */
  async fillRatio(stream: StreamName): Promise<number> {
    this.connection.assertConnected('Reading of a stream');
    try {
      const { state, config } = await this.infoOf(stream);
      return config.max_bytes > 0 ? state.bytes / config.max_bytes : 0;
    } catch (cause) {
      throw toMessagingError('Reading of a stream', cause);
    }
  }

  /**
   * How many messages a stream holds.
   *
   * @throws MessagingError
   */
  async messageCount(stream: StreamName): Promise<number> {
    this.connection.assertConnected('Reading of a stream');
    try {
      return (await this.infoOf(stream)).state.messages;
    } catch (cause) {
      throw toMessagingError('Reading of a stream', cause);
    }
  }

  /** The last message of a subject, read from the stream's leader; undefined when there is none. */
  async last(stream: StreamName, subject: string): Promise<StoredMessage | undefined> {
    return this.lastOf(stream, subject);
  }

  /** The message with this sequence, read from the stream's leader; undefined when it is gone. @throws MessagingError */
  async at(stream: StreamName, sequence: number): Promise<StoredMessage | undefined> {
    return this.find(stream, { seq: sequence });
  }

  /** @internal also reads the streams behind KV buckets */
  async lastOf(stream: string, subject: string): Promise<StoredMessage | undefined> {
    return this.find(stream, { last_by_subj: subject });
  }

  private infoOf(stream: string): Promise<StreamInfo> {
    const { streams } = this.connection.manager;
    return askAgain((limitMs) => within(limitMs, streams.info(stream)));
  }

  private async find(stream: string, query: MsgRequest): Promise<StoredMessage | undefined> {
    this.connection.assertConnected('Reading a message');
    try {
      const { streams } = this.connection.manager;
      const found = await askAgain((limitMs) => within(limitMs, streams.getMessage(stream, query)));
      return {
        subject: found.subject,
        sequence: found.seq,
        storedAt: found.time.getTime(),
        headers: headerRecord(found.header),
        data: found.data,
      };
    } catch (cause) {
      if (jetStreamCode(cause) === JetStreamErrorCodes.NoMessageFound) return undefined;
      throw toMessagingError('Reading a message', cause);
    }
  }
}
