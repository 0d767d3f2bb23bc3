import { Log } from '@interject/observability';
import { MessagingConnection } from '../connection/messaging-connection.js';
import { CoreMessenger } from '../core/core-messenger.js';
import { KvStore } from '../kv/kv-store.js';
import type { MessagingOptions } from '../messaging.options.js';
import { EventPublisher } from '../publishing/event-publisher.js';
import { StreamReader } from '../reading/stream-reader.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { InstallationInspector } from './installation-inspector.js';
import { PartitionSettings } from './partition-settings.js';
import { StoreEraser } from './store-eraser.js';
import { StreamSettings } from './stream-settings.js';

/** A running installation, as people and their tools see it: nothing is made or changed by looking. */
export class MessagingOperator {
  private constructor(
    private readonly connection: MessagingConnection,
    readonly reader: StreamReader,
    readonly kv: KvStore,
    readonly publisher: EventPublisher,
    readonly deadLetters: DeadLetterStore,
    readonly streamSettings: StreamSettings,
    readonly core: CoreMessenger,
    readonly inspector: InstallationInspector,
    readonly eraser: StoreEraser,
    readonly partitions: PartitionSettings,
  ) {}

  /**
   * Connects at once or not at all, and makes no streams.
   *
   * @throws MessagingError `disconnected` when nothing answers, `not-installed` when no service has ever started there
   */
  static async open(options: Pick<MessagingOptions, 'url' | 'service' | 'access'>): Promise<MessagingOperator> {
    const log = Log.silent();
    const connection = await MessagingConnection.open({ ...options, waitForServer: false }, log);
    try {
      const reader = new StreamReader(connection, log);
      const kv = new KvStore(connection, reader);
      const partitions = new PartitionSettings(kv);
      const publisher = new EventPublisher(connection, options.service, (await partitions.read()).count);
      const deadLetters = new DeadLetterStore(connection, reader);
      return new MessagingOperator(
        connection,
        reader,
        kv,
        publisher,
        deadLetters,
        new StreamSettings(connection),
        new CoreMessenger(connection, log),
        new InstallationInspector(connection),
        new StoreEraser(connection, reader),
        partitions,
      );
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}
