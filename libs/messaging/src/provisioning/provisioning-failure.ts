import { StorageType } from 'nats';
import type { ServerInfo } from 'nats';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { isMessagingError, MessagingError, MessagingErrorCodes } from '../messaging.errors.js';
import { tooFewServers } from './server-fitness.js';
import { reservedBytes } from './topology.js';
import type { StreamShape } from './topology.js';

/** 10005 no suitable peers, 10074 replicas without a cluster. */
const NO_PEERS = 10_005;
const NOT_CLUSTERED = 10_074;
/** Accounts' and servers' limits: 10002 account, 10023 and 10047 server, 10028 memory, 10122 bytes of one stream. */
const NO_ROOM: ReadonlySet<number> = new Set([10_002, 10_023, 10_028, 10_047, 10_122]);
const CANNOT_CHANGE = 10_052;

const MIB = 1024 * 1024;

/** Says what to do about a stream that could not be made or changed; everything else as usual. */
export function provisioningFailure(
  cause: unknown,
  shape: StreamShape,
  all: readonly StreamShape[],
  info: Pick<ServerInfo, 'connect_urls' | 'cluster'>,
): MessagingError {
  if (isMessagingError(cause)) return cause;
  const code = jetStreamCode(cause);
  const description = cause instanceof Error ? cause.message : '';
  if (code === NOT_CLUSTERED) return tooFewServers(shape.num_replicas, undefined, cause);
  if (code === NO_PEERS && !/insufficient (storage|memory)/.test(description)) {
    return tooFewServers(shape.num_replicas, info.connect_urls?.length ?? 1, cause);
  }
  if (code === NO_PEERS || (code !== undefined && NO_ROOM.has(code))) return noRoom(shape, all, cause);
  if (code === JetStreamErrorCodes.SubjectsOverlap) {
    return conflict(`Another stream stores subjects of ${shape.name} (${shape.subjects.join(', ')})`, cause);
  }
  if (code === CANNOT_CHANGE) return cannotChange(shape.name, description, cause);
  return toMessagingError('Provisioning NATS streams', cause);
}

/** @param what of it differs, and how */
export function cannotChange(name: string, what: string, cause?: unknown): MessagingError {
  return conflict(`The stream ${name} cannot be changed in place (${what})`, cause);
}

/** True when waiting may help: the other servers of a cluster are starting perhaps. */
export function mayBeStarting(failure: MessagingError): boolean {
  switch (failure.code) {
    case MessagingErrorCodes.NoResponder:
    case MessagingErrorCodes.Timeout:
    case MessagingErrorCodes.Disconnected:
      return true;
    case MessagingErrorCodes.ServerUnfit:
      return jetStreamCode(failure.cause) === NO_PEERS;
    default:
      return false;
  }
}

function conflict(problem: string, cause: unknown): MessagingError {
  return new MessagingError(
    MessagingErrorCodes.StreamConflict,
    `${problem}: stop all services, make sure that nothing in it is needed any more, delete it (nats stream rm), and start ` +
      'the services again.',
    { cause },
  );
}

function noRoom(shape: StreamShape, all: readonly StreamShape[], cause: unknown): MessagingError {
  const needed = (storage: StorageType): string => String(Math.ceil(reservedBytes(all, storage) / MIB));
  const { file, memory } = { file: needed(StorageType.File), memory: needed(StorageType.Memory) };
  return new MessagingError(
    MessagingErrorCodes.StoreFull,
    `The NATS server has no room for the stream ${shape.name}: Interject reserves ${file} MiB on file and ${memory} MiB in ` +
      'memory on each server. Raise max_file_store or max_memory_store in its jetstream block or the limits of the account, ' +
      'or lower NATS_STORE_GIB, which a fresh installation is made with.',
    { cause },
  );
}
