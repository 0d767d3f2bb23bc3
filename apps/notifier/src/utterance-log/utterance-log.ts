import { EventTypes, Streams, Subjects } from '@interject/contracts';
import type { CarriedCall, Checkpoint, ClosedCall, UtteranceBatch, UtteranceRecord } from '@interject/contracts';
import { isMessagingError } from '@interject/messaging';
import type { AppendLog, StreamReader } from '@interject/messaging';
import type { Clock, Linger, Log } from '@interject/observability';
import { pause } from '../persistent.js';
import type { SeldomLog } from '../seldom-log.js';
import { FROM_THE_START, inheritanceIn } from './inheritance.js';
import type { Inheritance } from './inheritance.js';

export interface UtteranceLogParts {
  readonly appendLog: Pick<AppendLog, 'append'>;
  readonly reader: Pick<StreamReader, 'last' | 'at'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly seldomLog: SeldomLog;
  /** Where records that nobody waits for find company. */
  readonly linger: Pick<Linger, 'add'>;
  /** Counts what the log did not take, by the reason. */
  readonly onRefused: (code: string) => void;
  /** Unique for each time a partition is claimed: it tells our appends from those of others. */
  readonly owner: string;
  readonly partition: number;
  /** The present checkpoint, written with each batch. */
  readonly checkpoint: () => Checkpoint;
  /** A list of carried calls to be written, with the checkpoint that goes with it; asked when nothing else waits. */
  readonly list: () => { readonly carried: CarriedCall[]; readonly checkpoint: Checkpoint } | undefined;
  readonly onListStored: (sequence: number) => void;
  /** The lease is ours. */
  readonly isHeld: () => boolean;
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
/** About 60 bytes each. */
const MAX_CLOSED = 1000;
/** What is not written of them costs a successor the look into calls that are over. */
const MAX_CLOSED_WAITING = 20_000;
const RETRY_MS = 100;
/** The log forgets after 24 h, and with the last batch it would forget the checkpoint. */
const REFRESH_MS = 3_600_000;

/**
 * The ledger of speech of one partition, with one writer: each append says after which one it belongs, so a writer that
 * is not the owner any more is refused. Group commit: one append is in flight, the next takes along all that came since. Only
 * `sending` is written at once, a POST waits for it; the others wait a little for company.
 */
export class UtteranceLog {
  private readonly subject: string;
  private readonly closing = new AbortController();
  private readonly pending: Entry[] = [];
  private readonly closed: ClosedCall[] = [];
  private sequence = 0;
  private batches = 0;
  private isWriting = false;
  private written: Checkpoint = FROM_THE_START;
  private writtenAt = 0;
  private readonly writeNow = (): void => {
    void this.writePending();
  };

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
   * @returns what the replay has to begin with, or undefined when it was given up
   * @throws MessagingError when the log cannot be read or written
   */
  async takeOver(mayClaim: () => boolean): Promise<Inheritance | undefined> {
    while (mayClaim()) {
      const last = await this.parts.reader.last(Streams.Utterances, this.subject);
      this.sequence = last?.sequence ?? 0;
      const inheritance = await inheritanceIn(last, this.parts);
      this.written = inheritance.checkpoint;
      try {
        await this.write({ kind: 'owner-changed', checkpoint: this.written, records: [] });
        return inheritance;
      } catch (error) {
        // Somebody wrote between our reading and our writing; if the lease is still ours, it was a predecessor.
        if (!isMessagingError(error) || error.code !== 'sequence-conflict') throw error;
      }
    }
    return undefined;
  }

  /** True while something that was appended is not stored yet. */
  get isBusy(): boolean {
    return this.isWriting || this.pending.length > 0;
  }

  /** @param onStored gets the time from now to the acknowledgement, milliseconds; never called once closed */
  append(record: UtteranceRecord, onStored: (waitedMs: number) => void): void {
    if (this.closing.signal.aborted) return;
    this.pending.push({ record, onStored, askedAt: this.parts.clock.monotonic() });
    if (record.state === 'sending') this.writeNow();
    else this.parts.linger.add(this.writeNow);
  }

  /** A successor need not look into this call. Written along with the next batch. */
  callClosed(call: ClosedCall): void {
    this.closed.push(call);
    if (this.closed.length > MAX_CLOSED_WAITING) this.closed.shift();
  }

  /** Writes the checkpoint if it has moved since it was last written, or is about to age, so that a successor reads little. */
  keepCheckpoint(evenIfUnmoved = false): void {
    const now = this.parts.checkpoint();
    const { toolCalls, callEvents } = this.written;
    const hasMoved = now.toolCalls !== toolCalls || now.callEvents !== callEvents || this.closed.length > 0;
    const isOld = this.parts.clock.monotonic() - this.writtenAt >= REFRESH_MS;
    if (this.pending.length === 0 && (hasMoved || isOld || evenIfUnmoved)) void this.writePending(true);
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
        if (!(await this.writeUntilStored(entries.map(({ record }) => record)))) return;
        const now = this.parts.clock.monotonic();
        for (const { askedAt, onStored } of entries) onStored(now - askedAt);
      }
    } finally {
      this.isWriting = false;
    }
  }

  /** Repeats the same append, which is stored once, until it is known to be stored. @returns false when closed or lost */
  private async writeUntilStored(records: UtteranceRecord[]): Promise<boolean> {
    // A list tells of what is stored, or is so with it.
    const list = this.pending.length === 0 ? this.parts.list() : undefined;
    const { checkpoint, carried } = list ?? { checkpoint: this.parts.checkpoint(), carried: undefined };
    const closed = this.closed.splice(0, MAX_CLOSED);
    const batch = {
      kind: 'records' as const,
      checkpoint,
      records,
      ...(closed.length === 0 ? {} : { closed }),
      ...(carried === undefined ? {} : { carried }),
    };
    this.batches += 1;
    while (!this.closing.signal.aborted) {
      try {
        await this.write(batch);
        this.written = checkpoint;
        if (carried !== undefined) this.parts.onListStored(this.sequence);
        return !this.closing.signal.aborted;
      } catch (error) {
        if (!(await this.mayRepeat(error))) {
          this.lose();
          return false;
        }
      }
      await pause(RETRY_MS, this.closing.signal);
    }
    return false;
  }

  private async mayRepeat(error: unknown): Promise<boolean> {
    const { parts } = this;
    const code = isMessagingError(error) ? error.code : 'unexpected';
    const isRetryable = (isMessagingError(error) && error.retryable) || (await this.wasEmptied(code));
    parts.onRefused(code);
    parts.seldomLog.warn('the utterance log did not take a batch', { partition: parts.partition, error, isRetryable });
    return isRetryable;
  }

  /** The log may be empty, because all of it has aged or an operator purged it: then nobody else has written. */
  private async wasEmptied(code: string): Promise<boolean> {
    if (code !== 'sequence-conflict' || this.sequence === 0) return false;
    try {
      const last = await this.parts.reader.last(Streams.Utterances, this.subject);
      if (last !== undefined || !this.parts.isHeld()) return false;
      this.sequence = 0;
      return true;
    } catch {
      // Asked again when the append is refused again.
      return true;
    }
  }

  private async write(batch: Omit<UtteranceBatch, 'owner'>): Promise<void> {
    const { owner, partition, clock } = this.parts;
    const data: UtteranceBatch = { owner, ...batch };
    const id = `utterances.${String(partition)}.${owner}.${batch.kind}.${String(this.sequence)}.${String(this.batches)}`;
    this.sequence = await this.parts.appendLog.append(this.subject, this.sequence, {
      type: EventTypes.Utterances,
      data,
      id,
    });
    this.writtenAt = clock.monotonic();
  }

  private lose(): void {
    if (this.closing.signal.aborted) return;
    this.close();
    this.parts.onLost();
  }
}
