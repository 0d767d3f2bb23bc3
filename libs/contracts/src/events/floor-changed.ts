import 'reflect-metadata';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Min, ValidateNested } from 'class-validator';
import { MAX_ID_LENGTH } from './tool-call-requested.js';
import { Version } from '../versions.js';

export const FloorSpeakers = ['caller', 'assistant'] as const;
export type FloorSpeaker = (typeof FloorSpeakers)[number];

export const FloorChanges = ['started', 'stopped', 'interrupted', 'said'] as const;
export type FloorChange = (typeof FloorChanges)[number];

/** Where a text of the assistant was seen: model or `force-say` of `assistant.speechStarted`, or the conversation's history. */
export const SpeechEvidenceSources = ['model', 'force-say', 'custom-voice', 'history'] as const;
export type SpeechEvidenceSource = (typeof SpeechEvidenceSources)[number];

/** Most words of a text that are compared. */
export const MAX_FINGERPRINT = 200;

/** What the assistant said, by numbers that many words share: enough to recognise our own text, too little to read another. */
export class SpeechEvidence {
  @IsIn(SpeechEvidenceSources) source!: SpeechEvidenceSource;
  @IsArray() @ArrayMaxSize(MAX_FINGERPRINT) @IsInt({ each: true }) words!: number[];
}

/**
 * Somebody began or ceased to speak; `interrupted`: the caller cut the assistant off (`speaker` is then `caller`);
 * `said`: a text of the assistant was seen, which is extra evidence where it comes.
 */
@Version(1)
export class FloorChanged {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsIn(FloorSpeakers) speaker!: FloorSpeaker;
  @IsIn(FloorChanges) change!: FloorChange;
  @IsOptional() @IsInt() @Min(0) turn?: number;
  /** Vapi's timestamp in milliseconds since the epoch, else the time of receipt. */
  @IsInt() @Min(0) at!: number;
  /** The gateway's clock at receipt: with `at` it tells how late the event came. */
  @IsInt() @Min(0) receivedAt!: number;
  /** With `said`. */
  @IsOptional() @ValidateNested() @Type(() => SpeechEvidence) evidence?: SpeechEvidence;
}
