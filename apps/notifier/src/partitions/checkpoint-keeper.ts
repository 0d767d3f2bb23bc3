import type { CarriedCall, Checkpoint } from '@interject/contracts';
import { earlier } from './unread-calls.js';

/** A call that holds the checkpoint back. */
export interface OpenCall {
  readonly callId: string;
  /** No message of it lies before. */
  readonly start: Checkpoint;
  /** Place of its first message among all that were read. */
  readonly index: number;
}

export interface KeeperParts {
  /** Calls that live, or whose end is not stored everywhere. */
  readonly openCalls: () => Iterable<OpenCall>;
  /** What a successor needs of it; undefined when it cannot be carried now. */
  readonly carry: (call: OpenCall) => CarriedCall | undefined;
  /** How far the streams have been read, in sequences and in messages. */
  readonly reached: () => { readonly next: Checkpoint; readonly index: number };
  /** Monotonic, milliseconds. */
  readonly now: () => number;
}

interface CarriedList {
  readonly sequence: number;
  readonly callIds: ReadonlySet<string>;
  /** Whatever the streams showed of its calls after that is not in it. */
  readonly reached: { readonly next: Checkpoint; readonly index: number };
}

/** A successor reads so many messages without a thought: some 20 ms. Less is not worth a list. */
export const WORTH_A_LIST = 2000;
/** A list costs bytes in the log: it has to save one message for each hundred of them. */
const BYTES_PER_MESSAGE = 100;
/** The log forgets after 24 h. */
const LIST_VALID_MS = 6 * 3_600_000;
/** NATS takes 1 MB; the records of the same batch need a fifth of that. */
const MAX_CALLS = 200;
const MAX_BYTES = 256 * 1024;

/**
 * Where a successor would have to begin. The oldest calls would hold that back for as long as they live: they are carried,
 * each in an entry that lets a successor read its own facts alone. With more of them than fit the checkpoint stays
 * where the first that does not fit began: nothing is lost, but more is read.
 */
export class CheckpointKeeper {
  private list: CarriedList | undefined;
  private current: Checkpoint;
  private currentIndex = 0;
  private bytesOfList = 0;
  /** When a list was made last, and how far the streams had been read then. */
  private composedAt: number;
  private composedIndex = 0;
  private pending: Omit<CarriedList, 'sequence'> | undefined;
  /** True when a list would save a successor much. */
  isListWanted = false;

  /** @param found the checkpoint that the replay began at @param callIds calls that its list names */
  constructor(
    private readonly parts: KeeperParts,
    found: Checkpoint,
    callIds: readonly string[],
  ) {
    this.current = found;
    this.composedAt = parts.now();
    if (found.carriedIn !== undefined) {
      this.list = { sequence: found.carriedIn, callIds: new Set(callIds), reached: { next: found, index: 0 } };
    }
  }

  /** As it was found when it was last looked for: calls that have ended since do no harm. */
  get checkpoint(): Checkpoint {
    return this.current;
  }

  /** Looks where it is by now. */
  look(): void {
    const listed = this.list?.callIds;
    let position: Checkpoint = this.parts.reached().next;
    let { index } = this.parts.reached();
    let isListUsed = false;
    for (const call of this.parts.openCalls()) {
      if (listed?.has(call.callId) === true) {
        isListUsed = true;
        continue;
      }
      position = earlier(position, call.start);
      index = Math.min(index, call.index);
    }
    if (!isListUsed) this.list = undefined;
    const { list } = this;
    if (list === undefined) {
      this.move(position, index);
    } else {
      this.move(
        { ...earlier(position, list.reached.next), carriedIn: list.sequence },
        Math.min(index, list.reached.index),
      );
    }
    const isOld = list !== undefined && this.parts.now() - this.composedAt > LIST_VALID_MS;
    this.isListWanted = isOld || this.gain() >= Math.max(WORTH_A_LIST, this.bytesOfList / BYTES_PER_MESSAGE);
  }

  /** Makes a list, with the checkpoint that is true together with it. */
  compose(): { readonly carried: CarriedCall[]; readonly checkpoint: Checkpoint } {
    const reached = this.parts.reached();
    const carried: CarriedCall[] = [];
    const callIds = new Set<string>();
    let bytes = 0;
    for (const call of this.oldest()) {
      const entry = carried.length < MAX_CALLS ? this.parts.carry(call) : undefined;
      bytes += entry === undefined ? 0 : JSON.stringify(entry).length;
      if (entry === undefined || bytes > MAX_BYTES) break;
      carried.push(entry);
      callIds.add(call.callId);
    }
    let position = reached.next;
    for (const { callId, start } of this.parts.openCalls()) {
      if (!callIds.has(callId)) position = earlier(position, start);
    }
    this.bytesOfList = bytes;
    this.composedAt = this.parts.now();
    this.composedIndex = reached.index;
    this.isListWanted = false;
    this.pending = { callIds, reached };
    return { carried, checkpoint: position };
  }

  /** The list that was composed last is stored. */
  stored(sequence: number): void {
    if (this.pending !== undefined) this.list = { ...this.pending, sequence };
    this.pending = undefined;
    this.look();
    this.isListWanted = false;
  }

  private move(checkpoint: Checkpoint, index: number): void {
    this.current = checkpoint;
    this.currentIndex = index;
  }

  /** How many messages fewer a successor would read with a new list. */
  private gain(): number {
    const { index } = this.parts.reached();
    // When the last list did not help, the next one would not either.
    if (index - Math.max(this.currentIndex, this.composedIndex) < WORTH_A_LIST) return 0;
    const rest = this.oldest()[MAX_CALLS];
    return (rest?.index ?? index) - this.currentIndex;
  }

  /** Calls that hold the checkpoint back by more than is worth a thought, the oldest first. */
  private oldest(): OpenCall[] {
    const recent = this.parts.reached().index - WORTH_A_LIST;
    return [...this.parts.openCalls()].filter(({ index }) => index < recent).sort((a, b) => a.index - b.index);
  }
}
