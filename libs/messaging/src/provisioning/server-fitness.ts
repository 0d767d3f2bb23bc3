import type { ServerInfo } from 'nats';
import { MessagingError, MessagingErrorCodes } from '../messaging.errors.js';

/**
 * Room for the largest message of Interject with its headers: what could not be said carries arguments and result of its
 * tool call, 256 KB each. Batches of 64 utterance records stay below it with ids of 512 characters.
 */
export const LARGEST_MESSAGE_BYTES = 640 * 1024;

/**
 * Whether a server can be used at all.
 *
 * @param replicas copies of each stream that are asked for
 * @throws MessagingError `server-unfit` that says what to change
 */
export function assertServerFits(info: Pick<ServerInfo, 'max_payload' | 'cluster'>, replicas: number): void {
  if (info.max_payload < LARGEST_MESSAGE_BYTES) {
    throw new MessagingError(
      MessagingErrorCodes.ServerUnfit,
      `The NATS server takes messages of ${String(info.max_payload)} bytes at most (max_payload), Interject needs ` +
        `${String(LARGEST_MESSAGE_BYTES)}: set max_payload in the server's configuration to 1MB, its default.`,
    );
  }
  // nats-server 2.9 takes such a change of a stream without a word, and keeps one copy.
  if (replicas > 1 && (info.cluster ?? '') === '') throw tooFewServers(replicas, undefined);
}

/** @param servers how many the cluster shows; undefined when the server is none of a cluster */
export function tooFewServers(replicas: number, servers: number | undefined, cause?: unknown): MessagingError {
  const found =
    servers === undefined
      ? 'the NATS server is not part of a cluster'
      : `the NATS cluster shows ${String(servers)} that can take a stream`;
  return new MessagingError(
    MessagingErrorCodes.ServerUnfit,
    `NATS_REPLICAS=${String(replicas)} needs ${String(replicas)} servers with JetStream, and ${found}: start the missing ` +
      'servers (docs/guides/nats.md), or set NATS_REPLICAS to a number they can hold.',
    { cause },
  );
}
