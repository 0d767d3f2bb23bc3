import { headers } from 'nats';
import type { BucketName, StreamName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import { bucketSubject, storeStream } from '../provisioning/topology.js';
import type { StoredMessage } from '../reading/stored-message.js';
import type { StreamReader } from '../reading/stream-reader.js';

/** The server's word for a sequence that holds nothing (any more) differs from that of a read. */
const SEQUENCE_NOT_FOUND = 10043;
const DELETE_FAILED = 10057;

/** Removes single messages and keys for good. */
export class StoreEraser {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly reader: StreamReader,
  ) {}

  /**
   * Removes a message; a file stream overwrites its bytes on disk.
   *
   * @returns false when it was not there
   * @throws MessagingError
   */
  async message(stream: StreamName, sequence: number): Promise<boolean> {
    if ((await this.reader.at(stream, sequence)) === undefined) return false;
    return this.run('Erasing a message', async () => {
      try {
        return await this.connection.manager.streams.deleteMessage(stream, sequence, true);
      } catch (error) {
        const code = jetStreamCode(error);
        const mayBeGone =
          code === SEQUENCE_NOT_FOUND || code === DELETE_FAILED || code === JetStreamErrorCodes.NoMessageFound;
        if (mayBeGone && (await this.reader.at(stream, sequence)) === undefined) return false;
        throw error;
      }
    });
  }

  /** Removes all messages of a subject. @returns how many there were @throws MessagingError */
  async subject(stream: StreamName, subject: string): Promise<number> {
    return this.purge(stream, subject);
  }

  /**
   * Removes a key with its markers. Who watches the bucket is not told: for keys that nobody needs any more. Buckets do not
   * let single messages be overwritten: its bytes go when the server compacts the file, or with their age.
   *
   * @returns whether there was something
   * @throws MessagingError
   */
  async key(bucket: BucketName, key: string): Promise<boolean> {
    return (await this.purge(bucket, bucketSubject(bucket, key))) > 0;
  }

  /** Stores what is to stay of a message elsewhere in its stream; the same one within two minutes once. @throws MessagingError */
  async keepRest(subject: string, data: object, of: StoredMessage): Promise<void> {
    await this.run('Keeping the rest of a message', async () => {
      const header = headers();
      for (const [name, value] of Object.entries(of.headers)) if (!/^nats-/i.test(name)) header.set(name, value);
      header.set('Nats-Msg-Id', `rest.${of.subject}.${String(of.sequence)}`);
      await this.connection.jetstream.publish(subject, JSON.stringify(data), {
        headers: header,
        timeout: PUBLISH_TIMEOUT_MS,
      });
    });
  }

  private async purge(store: StreamName | BucketName, filter: string): Promise<number> {
    return this.run('Erasing a subject', async () => {
      const { purged } = await this.connection.manager.streams.purge(storeStream(store), { filter });
      return purged;
    });
  }

  private async run<T>(what: string, act: () => Promise<T>): Promise<T> {
    this.connection.assertConnected(what);
    try {
      return await act();
    } catch (cause) {
      throw toMessagingError(what, cause);
    }
  }
}
