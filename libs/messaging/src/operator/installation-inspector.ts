import { StorageType } from 'nats';
import type { ConsumerInfo, StreamInfo } from 'nats';
import { Buckets, Streams } from '@interject/contracts';
import type { BucketName, StreamName } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { storeStream } from '../provisioning/topology.js';
import { askAgain, within } from '../within.js';

/** What the server that answers is, and how much of its store is taken. */
export interface ServerFacts {
  readonly version: string;
  readonly maxPayloadBytes: number;
  readonly roundTripMs: number;
  /** Name of the cluster it belongs to. */
  readonly cluster?: string;
  /** Files that JetStream keeps for this account. */
  readonly storeBytes: number;
  /** Missing: bounded by the disk alone. */
  readonly storeLimitBytes?: number;
}

/** A stream, or the one behind a bucket. */
export interface StoreFacts {
  readonly store: StreamName | BucketName;
  readonly messages: number;
  readonly bytes: number;
  readonly limitBytes: number;
  readonly isFile: boolean;
  /** Copies that are to be kept. */
  readonly replicas: number;
  /** Copies that are away or behind. */
  readonly replicasBehind: number;
  /** Who reads it now: durable consumers, and readers that were there in the last 5 s. */
  readonly consumers: number;
}

/** A durable consumer. */
export interface ConsumerFacts {
  readonly stream: StreamName;
  readonly consumer: string;
  /** Not given to anybody yet. */
  readonly pending: number;
  /** Given to a replica, and not settled. */
  readonly unacknowledged: number;
  readonly redelivered: number;
  /** Requests of replicas that wait for work: 0 while nobody takes any. */
  readonly waitingRequests: number;
}

const STORES = [...Object.values(Streams), ...Object.values(Buckets)];

/** Looks at the server, its stores and their consumers. Reads no message. */
export class InstallationInspector {
  constructor(private readonly connection: MessagingConnection) {}

  /** @throws MessagingError */
  async server(): Promise<ServerFacts> {
    return this.ask('Asking the NATS server', async () => {
      const { nats, manager } = this.connection;
      const startedAt = performance.now();
      await nats.flush();
      const roundTripMs = performance.now() - startedAt;
      const { storage, limits } = await manager.getAccountInfo();
      const { version = 'unknown', max_payload = 0, cluster } = nats.info ?? {};
      return {
        version,
        maxPayloadBytes: max_payload,
        roundTripMs,
        ...(cluster === undefined ? {} : { cluster }),
        storeBytes: storage,
        ...(limits.max_storage > 0 ? { storeLimitBytes: limits.max_storage } : {}),
      };
    });
  }

  /** Every stream and bucket; one that is not there is left out. @throws MessagingError */
  async stores(): Promise<readonly StoreFacts[]> {
    return this.ask('Asking for streams', async () => {
      const { streams } = this.connection.manager;
      const found = await Promise.all(
        STORES.map(async (store) => {
          const info = await askAgain((limitMs) => within(limitMs, streams.info(storeStream(store)))).catch(
            (error: unknown) => {
              if (jetStreamCode(error) === JetStreamErrorCodes.StreamNotFound) return undefined;
              throw error;
            },
          );
          return info === undefined ? [] : [storeFacts(store, info)];
        }),
      );
      return found.flat();
    });
  }

  /** Its durable consumers. @throws MessagingError */
  async consumers(stream: StreamName): Promise<readonly ConsumerFacts[]> {
    return this.ask('Asking for consumers', async () => {
      const infos = await this.connection.manager.consumers.list(stream).next();
      return infos.filter(({ config }) => config.durable_name !== undefined).map((info) => consumerFacts(stream, info));
    });
  }

  /** Subjects of the messages in a stream that fit a filter. @throws MessagingError */
  async subjects(stream: StreamName, filter: string): Promise<readonly string[]> {
    return this.ask('Asking for subjects', async () => {
      const { state } = await this.connection.manager.streams.info(stream, { subjects_filter: filter });
      return Object.keys(state.subjects ?? {});
    });
  }

  private async ask<T>(what: string, run: () => Promise<T>): Promise<T> {
    this.connection.assertConnected(what);
    try {
      return await run();
    } catch (cause) {
      throw toMessagingError(what, cause);
    }
  }
}

function storeFacts(store: StreamName | BucketName, { state, config, cluster }: StreamInfo): StoreFacts {
  const isBehind = (replica: { readonly current: boolean; readonly offline?: boolean }): boolean =>
    !replica.current || replica.offline === true;
  return {
    store,
    messages: state.messages,
    bytes: state.bytes,
    limitBytes: config.max_bytes,
    isFile: config.storage === StorageType.File,
    replicas: config.num_replicas,
    replicasBehind: (cluster?.replicas ?? []).filter(isBehind).length,
    consumers: state.consumer_count,
  };
}

function consumerFacts(stream: StreamName, info: ConsumerInfo): ConsumerFacts {
  return {
    stream,
    consumer: info.name,
    pending: info.num_pending,
    unacknowledged: info.num_ack_pending,
    redelivered: info.num_redelivered,
    waitingRequests: info.num_waiting,
  };
}
