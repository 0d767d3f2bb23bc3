import { isContractError, isUnknownVersion, Streams } from '@interject/contracts';
import type { CarriedCall, Checkpoint, UtteranceBatch } from '@interject/contracts';
import type { StoredMessage, StreamReader } from '@interject/messaging';
import type { Log } from '@interject/observability';
import { parseBatch } from './batch-parser.js';

/** Everything that is stored. */
export const FROM_THE_START: Checkpoint = { toolCalls: 1, callEvents: 1, utterances: 1 };

/** What a predecessor left. */
export interface Inheritance {
  readonly checkpoint: Checkpoint;
  /** Calls that are older than the checkpoint. */
  readonly carried: readonly CarriedCall[];
}

interface Parts {
  readonly reader: Pick<StreamReader, 'at'>;
  readonly log: Log;
  readonly partition: number;
}

/**
 * What the last batch of an utterance log leaves to a new owner.
 *
 * @throws MessagingError when the list that it refers to cannot be read now; UnknownVersionError when a newer release wrote
 *   it: who cannot read what was said must not speak
 */
export async function inheritanceIn(last: StoredMessage | undefined, parts: Parts): Promise<Inheritance> {
  const batch = last === undefined ? undefined : batchIn(last, parts);
  if (last === undefined || batch === undefined) return { checkpoint: FROM_THE_START, carried: [] };
  const { carriedIn, ...checkpoint } = batch.checkpoint;
  if (batch.carried !== undefined) {
    return { checkpoint: { ...checkpoint, carriedIn: last.sequence }, carried: batch.carried };
  }
  if (carriedIn === undefined) return { checkpoint, carried: [] };
  const listed = await parts.reader.at(Streams.Utterances, carriedIn);
  const carried = listed === undefined ? undefined : batchIn(listed, parts)?.carried;
  if (carried !== undefined) return { checkpoint: { ...checkpoint, carriedIn }, carried };
  parts.log.error('the list of calls older than the checkpoint is gone: their next event finds them again', {
    partition: parts.partition,
  });
  return { checkpoint, carried: [] };
}

function batchIn({ data }: StoredMessage, { log, partition }: Parts): UtteranceBatch | undefined {
  try {
    return parseBatch(data).batch;
  } catch (error) {
    if (!isContractError(error) || isUnknownVersion(error)) throw error;
    log.error('a batch of the utterance log cannot be read: without its checkpoint all is read again', {
      partition,
      error,
    });
    return undefined;
  }
}
