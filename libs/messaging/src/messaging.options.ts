import type { BucketName, StreamName } from '@interject/contracts';

/** As whom a service logs in to NATS. */
export interface NatsAccess {
  readonly user: string;
  readonly password: string;
  /** Begins the subjects on which it gets answers. Default `_INBOX.<user>`: nobody else may listen there. */
  readonly inboxPrefix?: string;
}

/** What a service tells the messaging library. */
export interface MessagingOptions {
  /** NATS server URL(s), comma separated. */
  readonly url: string;
  /** Left out: nobody, or whoever stands in the URL. */
  readonly access?: NatsAccess | undefined;
  /** Name of the service: client name in NATS, `ce-source` of its events. */
  readonly service: string;
  /** Partitions wanted; the installation's number must be the same. Left out: whatever is installed, 16 at first start. */
  readonly partitions?: number;
  /** Copies of each stream in a NATS cluster. Left out: whatever is installed, 1 at first start. Never lowered. */
  readonly replicas?: number;
  /** Together the file limits of the streams. Left out: whatever is installed, 3 GiB at first start. Never lowered. */
  readonly storeBytes?: number;
  /** Streams are read over a connection of their own: for a service that reads much and must not be late with its writes. */
  readonly readsApart?: boolean;
  /** Streams and buckets that the service works with; left out: all. */
  readonly stores?: readonly (StreamName | BucketName)[];
  /** Makes streams that are not there, and brings them up to date (default); or waits until somebody else has done so. */
  readonly makesStreams?: boolean;
  /** Wait for the server at the start (default), so that services may start in any order; or fail at once. */
  readonly waitForServer?: boolean;
}

export const MESSAGING_OPTIONS = Symbol('interject.messaging-options');

/** A publish that is not acknowledged by then counts as failed (DESIGN: the gateway answers 503 within 2 s). */
export const PUBLISH_TIMEOUT_MS = 1500;
/** Limit of a JetStream API request. */
export const API_TIMEOUT_MS = 5000;
/**
 * While a stream's leadership moves to another server nobody listens on its subjects (0.2 s at an orderly stop): nothing was
 * stored, so the client may try again.
 */
export const LEADERLESS_RETRIES = { retries: 3, retry_delay: 100 } as const;
