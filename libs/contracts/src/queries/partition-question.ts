import { IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { CallStatus } from '../events/call-events.js';

/** The answer has to fit a message of NATS, whose limit is 1 MB: a call takes below 2 KB. */
export const MAX_LISTED_CALLS = 250;

/**
 * Core request to the owner of a partition (`Subjects.callsQuery`), as JSON: what is live there? Told from a question about
 * one call by `list`. The answer is a {@link PartitionState}.
 */
export class PartitionQuestion {
  /** So many of its calls, the newest; 0: none of them. */
  @IsInt() @Min(0) @Max(MAX_LISTED_CALLS) list!: number;
  /** The owner appends a batch to its utterance log, whatever is in it: the one before is not the last any more. */
  @IsOptional() @IsBoolean() renewsLog?: boolean;
}

/** A live call, as a list shows it. Holds no spoken text. */
export interface LiveCall {
  readonly callId: string;
  readonly status: CallStatus;
  /** When it was first known to be live, milliseconds since the epoch. */
  readonly since?: number;
  readonly floor: 'caller' | 'assistant' | 'nobody' | 'unknown';
  readonly pendingToolCalls: number;
  readonly waitingUtterances: number;
  /** What the first of them waits for. */
  readonly waitsFor?: string;
  readonly isMuted: boolean;
}

/** What the owner of a partition tells of it. */
export interface PartitionState {
  readonly partition: number;
  /** The newest ones, oldest first. */
  readonly calls: readonly LiveCall[];
  /** How many it serves. */
  readonly total: number;
  /** What the owner knows of the kill switch. */
  readonly mute: {
    readonly all: boolean;
    /** Calls that are muted on their own, in all partitions. */
    readonly calls: number;
  };
}
