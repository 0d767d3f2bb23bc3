import type { CarriedCall, Checkpoint } from '@interject/contracts';
import type { Clock } from '@interject/observability';
import { FROM_THE_START } from '../utterance-log/inheritance.js';
import type { Inheritance } from '../utterance-log/inheritance.js';
import type { CallDirectory } from './call-directory.js';
import { carriedCallOf } from './carried-calls.js';
import { CheckpointKeeper } from './checkpoint-keeper.js';
import type { ReadPosition } from './read-position.js';

export interface CheckpointWatchParts {
  readonly clock: Clock;
  readonly directory: CallDirectory;
  readonly position: ReadPosition;
  /** Writes the checkpoint, at least if it has moved. */
  readonly write: (evenIfUnmoved: boolean) => void;
}

/**
 * It is looked this often where a successor would have to begin: some 0.1 ms with 3,000 calls. Every batch that is written has
 * what was found last, which is as safe and at most so much older.
 */
const LOOK_EVERY_MS = 2000;
/** Without speech that is written at every fifth look only. */
const LOOKS_PER_WRITE = 5;

/** Looks now and then where a successor would have to begin, and has that written. */
export class CheckpointWatch {
  private keeper: CheckpointKeeper | undefined;
  private found = FROM_THE_START;
  private looks = 0;
  private timer: unknown;

  constructor(private readonly parts: CheckpointWatchParts) {}

  /** For a batch that is about to be written. */
  get checkpoint(): Checkpoint {
    return this.keeper?.checkpoint ?? this.found;
  }

  /** Sequence of the first record of which the replay knows. */
  get firstUtterance(): number {
    return this.found.utterances;
  }

  /** A list of carried calls that is to be written. */
  list(): { readonly carried: CarriedCall[]; readonly checkpoint: Checkpoint } | undefined {
    return this.keeper?.isListWanted === true ? this.keeper.compose() : undefined;
  }

  listStored(sequence: number): void {
    this.keeper?.stored(sequence);
  }

  /** What a predecessor left holds until {@link start}: not all of its calls are in the directory before. */
  inherit({ checkpoint, carried }: Inheritance): void {
    const { directory, position, clock } = this.parts;
    this.found = checkpoint;
    position.begin(checkpoint);
    const parts = {
      openCalls: () => directory.openCalls(),
      carry: ({ callId, start }: { readonly callId: string; readonly start: Checkpoint }) => {
        const call = directory.carriable(callId);
        return call === undefined ? undefined : carriedCallOf(call, start);
      },
      reached: () => {
        const { start: next, index } = position.now();
        return { next, index };
      },
      now: () => clock.monotonic(),
    };
    const callIds = carried.map(({ callId }) => callId);
    this.keeper = new CheckpointKeeper(parts, checkpoint, callIds);
  }

  start(): void {
    this.keeper?.look();
    const isWanted = this.keeper?.isListWanted === true;
    if (isWanted || this.looks % LOOKS_PER_WRITE === 0) this.parts.write(isWanted);
    this.looks += 1;
    this.timer = this.parts.clock.setTimeout(() => {
      this.start();
    }, LOOK_EVERY_MS);
  }

  stop(): void {
    this.parts.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
