import type { StreamInfo } from 'nats';
import { StorageType } from 'nats';

/** How far a reader has come. */
export interface ReadSoFar {
  /** Stream sequence of the last message that was handed over; 0 before the first. */
  readonly lastSequence: number;
  /** When that was stored, the server's clock. */
  readonly lastStoredAt: number;
  /** Where the reader began. */
  readonly fromSequence: number;
}

/**
 * Whether a stream whose time of creation has changed is another one than the one that was read.
 *
 * In memory it is: such a stream is gone with its server. On file what it holds decides, because nats-server 2.9 mistakes
 * the time: after a restart, an edit of the stream and another restart it tells the time of the first restart, of a stream that has
 * everything it had. To read that from the start would have everything in it said again.
 */
export function isMadeAnew({ config, state }: Pick<StreamInfo, 'config' | 'state'>, read: ReadSoFar): boolean {
  if (config.storage === StorageType.Memory) return true;
  const { lastSequence, lastStoredAt, fromSequence } = read;
  if (lastSequence === 0) return state.last_seq + 1 < fromSequence;
  if (state.last_seq < lastSequence) return true;
  // As many messages again have come since: all of them are younger than what was read. Times are compared to the millisecond.
  return state.first_seq <= lastSequence && Date.parse(state.first_ts) > lastStoredAt + 1;
}
