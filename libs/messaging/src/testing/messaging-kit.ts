import { Log } from '@interject/observability';
import { MessagingConnection } from '../connection/messaging-connection.js';
import { DeadLetters } from '../consuming/dead-letters.js';
import { JetStreamStrategy } from '../consuming/jetstream.strategy.js';
import { CoreMessenger } from '../core/core-messenger.js';
import { KvStore } from '../kv/kv-store.js';
import type { MessagingOptions } from '../messaging.options.js';
import { Provisioner } from '../provisioning/provisioner.js';
import { AppendLog } from '../publishing/append-log.js';
import { EventPublisher } from '../publishing/event-publisher.js';
import { StreamFeed } from '../reading/stream-feed.js';
import { StreamReader } from '../reading/stream-reader.js';

/** Everything `MessagingModule` provides, without Nest. Close it when done. */
export interface MessagingKit {
  readonly connection: MessagingConnection;
  readonly reader: StreamReader;
  readonly kv: KvStore;
  readonly publisher: EventPublisher;
  readonly appendLog: AppendLog;
  readonly core: CoreMessenger;
  readonly deadLetters: DeadLetters;
  readonly strategy: JetStreamStrategy;
  close(): Promise<void>;
}

/** Opens a connection with provisioned streams against a server of a test. */
export async function openMessaging(
  options: Pick<MessagingOptions, 'url'> & Partial<MessagingOptions>,
  log: Log = Log.silent(),
): Promise<MessagingKit> {
  const full: MessagingOptions = { service: 'spec', ...options };
  const connection = await MessagingConnection.open(full, log);
  try {
    const feed = full.readsApart === true ? await StreamFeed.open(full, log) : undefined;
    const reader = new StreamReader(connection, log, feed);
    const kv = new KvStore(connection, reader);
    const provisioner = new Provisioner(connection, kv, log);
    const partitions = await provisioner.provision(full);
    provisioner.keepProvisioned({ ...full, partitions });
    const deadLetters = new DeadLetters(connection);
    return {
      connection,
      reader,
      kv,
      publisher: new EventPublisher(connection, full.service, partitions),
      appendLog: new AppendLog(connection, full.service),
      core: new CoreMessenger(connection, log),
      deadLetters,
      strategy: new JetStreamStrategy(connection, deadLetters, log),
      close: async () => {
        await feed?.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
