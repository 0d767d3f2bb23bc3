import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { SpeechClasses } from './speech-plan.js';
import type { SpeechClass } from './speech-plan.js';
import { UndeliveredReasons } from './call-events.js';
import type { UndeliveredReason } from './call-events.js';
import { MAX_ID_LENGTH } from './tool-call-requested.js';
import { OpenWords } from '../open-words.decorator.js';
import { Version } from '../versions.js';

/** States that are written. `queued`, `held`, `sent` and `speaking` are times inside the next record, not records. */
export const RecordedStates = [
  'sending',
  'heard',
  'interrupted',
  'unconfirmed',
  'answered-inline',
  'replaced',
  'expired',
  'undelivered',
] as const;
export type RecordedState = (typeof RecordedStates)[number];
/** States after which nothing follows; `interrupted` is final only when the utterance is not said again. */
export type FinalState = Exclude<RecordedState, 'sending'>;

export const UtteranceSources = ['result', 'progress', 'announcement', 'filler'] as const;
export type UtteranceSource = (typeof UtteranceSources)[number];

/** When each state was reached, milliseconds since the epoch, the owner's clock. */
export class UtteranceTimes {
  @IsInt() @Min(0) queuedAt!: number;
  @IsOptional() @IsInt() @Min(0) heldAt?: number;
  @IsOptional() @IsInt() @Min(0) sendingAt?: number;
  @IsOptional() @IsInt() @Min(0) sentAt?: number;
  @IsOptional() @IsInt() @Min(0) speakingAt?: number;
  @IsOptional() @IsInt() @Min(0) endedAt?: number;
}

/** One entry of the ledger of speech. */
export class UtteranceRecord {
  @IsString() @Length(1, 200) utteranceId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsIn(UtteranceSources) source!: UtteranceSource;
  @IsIn(SpeechClasses) class!: SpeechClass;
  @IsIn(RecordedStates) state!: RecordedState;
  /** False when the utterance is queued again: interrupted, unconfirmed by a plan that repeats, or certainly not accepted. */
  @IsOptional() @IsBoolean() final?: boolean;
  /** 1 for the first time it is said. */
  @IsInt() @Min(0) attempt!: number;
  @IsOptional() @OpenWords(UndeliveredReasons, 'other') reason?: UndeliveredReason;
  @IsOptional() @IsString() @MaxLength(100) tool?: string;
  @IsOptional() @IsString() @MaxLength(MAX_ID_LENGTH) toolCallId?: string;
  /** The utterance at the head of the speech that this one was said with. */
  @IsOptional() @IsString() @Length(1, 200) saidWith?: string;
  @ValidateNested() @Type(() => UtteranceTimes) times!: UtteranceTimes;
}

/** Where a successor starts to read: the first sequence that still matters, per stream. */
export class Checkpoint {
  @IsInt() @Min(0) toolCalls!: number;
  @IsInt() @Min(0) callEvents!: number;
  @IsInt() @Min(0) utterances!: number;
  /** Sequence of the batch with the calls that are older than that, if there are any. */
  @IsOptional() @IsInt() @Min(1) carriedIn?: number;
}

/** A call that is over and done with: nothing of it matters but what came later. */
export class ClosedCall {
  @IsString() @Length(1, 64) callToken!: string;
  /** Events of it below this sequence are settled. */
  @IsInt() @Min(0) before!: number;
}

/** A tool call of a carried call: its events are read again by their subjects. */
export class CarriedToolCall {
  @IsString() @Length(1, 100) tool!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @IsOptional() @IsBoolean() hasResult?: boolean;
  @IsOptional() @IsBoolean() isCancelled?: boolean;
}

/** A call that began before the checkpoint and still lives: a successor reads its own facts alone. */
export class CarriedCall {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  /** Where it began: should it not be carried any more, the checkpoint goes back to there. */
  @ValidateNested() @Type(() => Checkpoint) start!: Checkpoint;
  @IsArray() @ValidateNested({ each: true }) @Type(() => CarriedToolCall) toolCalls!: CarriedToolCall[];
  /** Keys of announcements. */
  @IsArray() @IsString({ each: true }) announcements!: string[];
  /** The last records of its utterances. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => UtteranceRecord) records!: UtteranceRecord[];
}

/** One message of `utterances.<partition>`: what its owner appended in one go. */
@Version(1)
export class UtteranceBatch {
  /** The owner that wrote it; another one in the next message fences this one. */
  @IsString() @Length(1, 100) owner!: string;
  @IsIn(['owner-changed', 'records']) kind!: 'owner-changed' | 'records';
  @ValidateNested() @Type(() => Checkpoint) checkpoint!: Checkpoint;
  @IsArray() @ArrayMinSize(0) @ValidateNested({ each: true }) @Type(() => UtteranceRecord) records!: UtteranceRecord[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ClosedCall) closed?: ClosedCall[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CarriedCall) carried?: CarriedCall[];
}
