import { EventTypes, isContractError, parseJson, Streams, Subjects, UtteranceBatch } from '@interject/contracts';
import type { Checkpoint, UtteranceRecord } from '@interject/contracts';
import { isMessagingError } from '@interject/messaging';
import type { AppendLog, StreamReader } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import { pause } from '../persistent.js';

/** Everything that is stored. */
export const FROM_THE_START: Checkpoint = { toolCalls: 1, callEvents: 1, utterances: 1 };

export interface UtteranceLogParts {
  readonly appendLog: Pick<AppendLog, 'append'>;
  readonly reader: Pick<StreamReader, 'last'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Unique for each time a partition is claimed: it tells our appends from those of others. */
  readonly owner: string;
  readonly partition: number;
  /** The present checkpoint, written with each batch. */
  readonly checkpoint: () => Checkpoint;
  /** Somebody else wrote: the partition has another owner. Called once. */
  readonly onLost: () => void;
}

interface Entry {
  readonly record: UtteranceRecord;
  readonly askedAt: number;
  readonly onStored: (waitedMs: number) => void;
}

/** A record is below 4 KB (two ids of 512 characters, 3 bytes each): a batch stays far below NATS' max_payload of 1 MB. */
const MAX_BATCH = 64;
const RETRY_MS = 100;

/**
 * The ledger of speech of one partition, with one writer: each append says after which one it belongs, so a writer that
 * is not the owner any more is refused. Group commit: one append is in flight, the next takes along all that came since.
 */
export class UtteranceLog {
  private readonly subject: string;
  private readonly closing = new AbortController();
  private readonly pending: Entry[] = [];
  private sequence = 0;
  private batches = 0;
  private isWriting = false;
  private written: Checkpoint = FROM_THE_START;

  constructor(private readonly parts: UtteranceLogParts) {
    this.subject = Subjects.utterances(parts.partition);
  }

  /** Stream sequence of the last batch that was written, by whoever. */
  get lastSequence(): number {
    return this.sequence;
  }

  /**
   * Becomes the writer: from here on a predecessor's appends are refused.
   *
   * @param mayClaim asked before each try; false gives up
   * @returns where the replay has to begin, or undefined when it was given up
   * @throws MessagingError when the log cannot be read or written
   */
  async takeOver(mayClaim: () => boolean): Promise<Checkpoint | undefined> {
    while (mayClaim()) {
      const last = await this.parts.reader.last(Streams.Utterances, this.subject);
      this.sequence = last?.sequence ?? 0;
      this.written = last === undefined ? FROM_THE_START : this.checkpointOf(last.data);
      try {
        await this.write('owner-changed', this.written, []);
        return this.written;
      } catch (error) {
        // Somebody wrote between our reading and our writing; if the lease is still ours, it was a predecessor.
        if (!isMessagingError(error) || error.code !== 'sequence-conflict') throw error;
      }
    }
    return undefined;
  }

  /** @param onStored gets the time from now to the acknowledgement, milliseconds; never called once closed */
  append(record: UtteranceRecord, onStored: (waitedMs: number) => void): void {
    if (this.closing.signal.aborted) return;
    this.pending.push({ record, onStored, askedAt: this.parts.clock.monotonic() });
    void this.writePending();
  }

  /** Writes the checkpoint if it has moved since it was last written, so that a successor reads little. */
  keepCheckpoint(): void {
    const now = this.parts.checkpoint();
    const { toolCalls, callEvents } = this.written;
    if (this.pending.length === 0 && (now.toolCalls !== toolCalls || now.callEvents !== callEvents))
      void this.writePending(true);
  }

  /** Nothing is written from here on. */
  close(): void {
    this.closing.abort();
    this.pending.length = 0;
  }

  private async writePending(evenIfEmpty = false): Promise<void> {
    if (this.isWriting) return;
    this.isWriting = true;
    try {
      for (let isEmptyWanted = evenIfEmpty; this.pending.length > 0 || isEmptyWanted; isEmptyWanted = false) {
        const entries = this.pending.splice(0, MAX_BATCH);
        const isStored = await this.writeUntilStored(entries.map(({ record }) => record));
        if (!isStored) return;
        const now = this.parts.clock.monotonic();
        for (const { askedAt, onStored } of entries) onStored(now - askedAt);
      }
    } finally {
      this.isWriting = false;
    }
  }

  /** Repeats the same append, which is stored once, until it is known to be stored. @returns false when closed or lost */
  private async writeUntilStored(records: UtteranceRecord[]): Promise<boolean> {
    const checkpoint = this.parts.checkpoint();
    this.batches += 1;
    while (!this.closing.signal.aborted) {
      try {
        await this.write('records', checkpoint, records);
        this.written = checkpoint;
        return !this.closing.signal.aborted;
      } catch (error) {
        const isRetryable = isMessagingError(error) && error.retryable;
        this.parts.log.warn('the utterance log did not take a batch', {
          partition: this.parts.partition,
          error,
          isRetryable,
        });
        if (!isRetryable) {
          this.lose();
          return false;
        }
      }
      await pause(RETRY_MS, this.closing.signal);
    }
    return false;
  }

  private async write(kind: UtteranceBatch['kind'], checkpoint: Checkpoint, records: UtteranceRecord[]): Promise<void> {
    const { owner, partition } = this.parts;
    const data: UtteranceBatch = { owner, kind, checkpoint, records };
    const id = `utterances.${String(partition)}.${owner}.${kind}.${String(this.sequence)}.${String(this.batches)}`;
    this.sequence = await this.parts.appendLog.append(this.subject, this.sequence, {
      type: EventTypes.Utterances,
      data,
      id,
    });
  }

  private lose(): void {
    if (this.closing.signal.aborted) return;
    this.close();
    this.parts.onLost();
  }

  private checkpointOf(data: Uint8Array): Checkpoint {
    try {
      return parseJson(UtteranceBatch, data).checkpoint;
    } catch (error) {
      if (!isContractError(error)) throw error;
      this.parts.log.error('the last batch of the utterance log cannot be read: everything is read again', {
        partition: this.parts.partition,
        error,
      });
      return FROM_THE_START;
    }
  }
}
