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
  @IsOptional() @IsIn(UndeliveredReasons) reason?: UndeliveredReason;
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
}

/** One message of `utterances.<partition>`: what its owner appended in one go. */
export class UtteranceBatch {
  /** The owner that wrote it; another one in the next message fences this one. */
  @IsString() @Length(1, 100) owner!: string;
  @IsIn(['owner-changed', 'records']) kind!: 'owner-changed' | 'records';
  @ValidateNested() @Type(() => Checkpoint) checkpoint!: Checkpoint;
  @IsArray() @ArrayMinSize(0) @ValidateNested({ each: true }) @Type(() => UtteranceRecord) records!: UtteranceRecord[];
}
