import { headers } from 'nats';
import type { MsgHdrs } from 'nats';
import type { BucketName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { isMessagingError, MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { LEADERLESS_RETRIES, PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import { bucketStream, bucketSubject } from '../provisioning/topology.js';
import type { OrderedReader, ReaderRestart } from '../reading/ordered-reader.js';
import type { StreamReader } from '../reading/stream-reader.js';

export interface KvEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** The sequence of the write; what {@link KvBucket.update} expects. */
  readonly revision: number;
  /** When it was written: milliseconds since the epoch, the server's clock. */
  readonly storedAt: number;
}

/** What a watcher is told: an entry, or that it is gone (expiry tells nothing on nats-server 2.9). */
export type KvChange = KvEntry & { readonly deleted: boolean };

export interface KvWatchOptions {
  onEntry(entry: KvChange): void;
  /** Once, when all entries that were there at the start were handed over. */
  onCaughtUp?(): void;
  /** The broker was heard: an entry, or its sign of life every second. Without one what is known may be out of date. */
  onHeard?(): void;
  /** Watching starts again after an interruption; comes before the first entry after it, and may come repeatedly. */
  onRestart?(restart: ReaderRestart): void;
}

const OPERATION = 'KV-Operation';
const EXPECTED = 'Nats-Expected-Last-Subject-Sequence';

/** One KV bucket, written and read through the stream behind it (NATS ADR-8). Reads go to the leader, never to a replica. */
export class KvBucket {
  constructor(
    private readonly name: BucketName,
    private readonly connection: MessagingConnection,
    private readonly reader: StreamReader,
  ) {}

  async get(key: string): Promise<KvEntry | undefined> {
    const message = await this.reader.lastOf(bucketStream(this.name), this.subject(key));
    if (message === undefined || message.headers[OPERATION] !== undefined) return undefined;
    return { key, value: message.data, revision: message.sequence, storedAt: message.storedAt };
  }

  /** @returns the new revision */
  async put(key: string, value: Uint8Array | string): Promise<number> {
    return this.write(key, value, headers());
  }

  /** @throws MessagingError `key-exists` */
  async create(key: string, value: Uint8Array | string): Promise<number> {
    try {
      return await this.write(key, value, expecting(0));
    } catch (error) {
      if (!isConflict(error)) throw error;
      // A deleted key leaves a marker, over which it may be created again.
      const last = await this.reader.lastOf(bucketStream(this.name), this.subject(key));
      if (last !== undefined && last.headers[OPERATION] === undefined) {
        throw new MessagingError(MessagingErrorCodes.KeyExists, 'The key exists', { cause: error });
      }
      try {
        return await this.write(key, value, expecting(last?.sequence ?? 0));
      } catch (cause) {
        if (!isConflict(cause)) throw cause;
        throw new MessagingError(MessagingErrorCodes.KeyExists, 'The key exists', { cause });
      }
    }
  }

  /** @throws MessagingError `sequence-conflict` when the key has another revision by now */
  async update(key: string, value: Uint8Array | string, revision: number): Promise<number> {
    return this.write(key, value, expecting(revision));
  }

  /** @throws MessagingError `sequence-conflict` when `revision` is given and the key has another one by now */
  async delete(key: string, revision?: number): Promise<void> {
    const header = revision === undefined ? headers() : expecting(revision);
    header.set(OPERATION, 'DEL');
    await this.write(key, '', header);
  }

  /** Removes the value from disk too; nothing but a marker stays. */
  async purge(key: string): Promise<void> {
    const header = headers();
    header.set(OPERATION, 'PURGE');
    header.set('Nats-Rollup', 'sub');
    await this.write(key, '', header);
  }

  /** All keys that have a value. */
  async keys(): Promise<string[]> {
    return (await this.entries()).map(({ key }) => key);
  }

  /** All that is in it now. @throws MessagingError */
  async entries(): Promise<readonly KvEntry[]> {
    const entries = new Map<string, KvEntry>();
    let caughtUp!: () => void;
    const complete = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const watch = await this.watch({
      onEntry: ({ deleted, ...entry }) => {
        if (deleted) entries.delete(entry.key);
        else entries.set(entry.key, entry);
      },
      onCaughtUp: caughtUp,
    });
    await complete;
    await watch.stop();
    return [...entries.values()];
  }

  /** Hands over the present entries and every change from then on; goes on after reconnects. */
  async watch(options: KvWatchOptions): Promise<OrderedReader> {
    const prefix = this.subject('').length;
    return this.reader.readStream({
      stream: bucketStream(this.name),
      subject: this.subject('>'),
      lastPerSubject: true,
      onMessage: (message) => {
        options.onEntry({
          key: message.subject.slice(prefix),
          value: message.data,
          revision: message.sequence,
          storedAt: message.storedAt,
          deleted: message.headers[OPERATION] !== undefined,
        });
      },
      onHeard: () => options.onHeard?.(),
      onRestart: (restart) => options.onRestart?.(restart),
      ...(options.onCaughtUp === undefined ? {} : { onCaughtUp: options.onCaughtUp.bind(options) }),
    });
  }

  private subject(key: string): string {
    return bucketSubject(this.name, key);
  }

  private async write(key: string, value: Uint8Array | string, header: MsgHdrs): Promise<number> {
    this.connection.assertConnected('Writing a key');
    try {
      const options = { headers: header, timeout: PUBLISH_TIMEOUT_MS, ...LEADERLESS_RETRIES };
      return (await this.connection.jetstream.publish(this.subject(key), value, options)).seq;
    } catch (cause) {
      throw toMessagingError('Writing a key', cause);
    }
  }
}

function expecting(sequence: number): MsgHdrs {
  const header = headers();
  header.set(EXPECTED, String(sequence));
  return header;
}

function isConflict(error: unknown): boolean {
  return (
    (isMessagingError(error) && error.code === MessagingErrorCodes.SequenceConflict) ||
    jetStreamCode(error) === JetStreamErrorCodes.WrongLastSequence
  );
}
