import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { FreeForm } from '../free-form.decorator.js';
import { OpenWords } from '../open-words.decorator.js';
import { TOOL_NAME } from '../subjects.js';
import { Version } from '../versions.js';
import { SpeechPlan } from './speech-plan.js';
import { MAX_ID_LENGTH } from './tool-call-requested.js';

/** Longest text that one utterance may carry, before it is made speakable. */
export const MAX_SPEECH_TEXT = 10_000;

/** States of a call as Vapi reports them (VAPI.md 1.4); an unknown one is passed on as `unknown`. */
export const CallStatuses = [
  'scheduled',
  'queued',
  'ringing',
  'in-progress',
  'forwarding',
  'ended',
  'unknown',
] as const;
export type CallStatus = (typeof CallStatuses)[number];

/** When Vapi ends a call by itself, as its assistant is configured (VAPI.md 4). */
export class CallLimits {
  /** After so much silence. */
  @IsOptional() @IsInt() @Min(1) silenceTimeoutMs?: number;
  /** After it lasted so long. */
  @IsOptional() @IsInt() @Min(1) maxDurationMs?: number;
}

/** The call changed its state. Never `ended`: that is {@link CallEnded}. */
@Version(1)
export class CallStatusChanged {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @OpenWords(CallStatuses, 'unknown') status!: CallStatus;
  /** Milliseconds since the epoch: Vapi's timestamp of the event, else the time it was received. */
  @IsInt() @Min(0) at!: number;
  @IsOptional() @ValidateNested() @Type(() => CallLimits) limits?: CallLimits;
}

/** The call is over. Terminal: whatever comes later, the call does not live again (VAPI.md 4). */
@Version(1)
export class CallEnded {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  /** Vapi's reason, an open set of several hundred words. */
  @IsOptional() @IsString() @MaxLength(200) endedReason?: string;
  @IsInt() @Min(0) at!: number;
}

/** The worker reports that a job moves on. */
@Version(1)
export class ToolCallProgressed {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  @IsString() @Length(1, MAX_SPEECH_TEXT) text!: string;
  /** 1 for the first report of a tool call. */
  @IsInt() @Min(1) sequence!: number;
  @IsInt() @Min(0) at!: number;
  @IsOptional() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
}

export const ToolCallOutcomes = ['succeeded', 'failed', 'timed-out', 'cancelled', 'expired'] as const;
export type ToolCallOutcome = (typeof ToolCallOutcomes)[number];

/** Why a tool call did not succeed; the text is for operators and holds no private data. */
export class ToolCallFailure {
  @IsString() @Length(1, 100) code!: string;
  @IsString() @MaxLength(1000) message!: string;
  @IsBoolean() retryable!: boolean;
}

/** The one terminal event of a tool call. The first one stored wins. */
@Version(1)
export class ToolCallFinished {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  @IsIn(ToolCallOutcomes) outcome!: ToolCallOutcome;
  /** What is to be said; nothing is said without it. */
  @IsOptional() @IsString() @Length(1, MAX_SPEECH_TEXT) text?: string;
  @IsOptional() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  /** The handler's return value, for those who follow up. */
  @FreeForm() @IsOptional() data?: unknown;
  @IsOptional() @ValidateNested() @Type(() => ToolCallFailure) failure?: ToolCallFailure;
  /** How often the handler was tried; 0 when it never ran. */
  @IsInt() @Min(0) attempts!: number;
  /** When the tool call was made, copied from its event: from it to heard is what callers feel. */
  @IsInt() @Min(0) requestedAt!: number;
  @IsInt() @Min(0) at!: number;
}

/** A backend service wants something said, not tied to a tool call. */
@Version(1)
export class AnnouncementRequested {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) announcementId!: string;
  @IsString() @Length(1, MAX_SPEECH_TEXT) text!: string;
  @IsOptional() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  @IsInt() @Min(0) at!: number;
}

/** Somebody asked for a tool call to stop. */
@Version(1)
export class CancelRequested {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @IsString() @Length(1, 200) reason!: string;
  @IsInt() @Min(0) at!: number;
}

/** A backend took the job of a tool call (HTTP 202): its answer comes by a callback, and nobody is asked again. */
@Version(1)
export class ToolCallHandedOver {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  @IsInt() @Min(0) at!: number;
}

/** The backend called back. The first callback of a tool call wins; its worker makes the result of it. */
@Version(1)
export class ToolCallCalledBack {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  @IsIn(['succeeded', 'failed']) outcome!: 'succeeded' | 'failed';
  /** The JSON body. */
  @FreeForm() @IsOptional() data?: unknown;
  @IsInt() @Min(0) at!: number;
}

/**
 * A worker starts a job again that was delivered before, or gives back one that it had started. The last one counts. A
 * job that runs once has none.
 */
@Version(1)
export class ToolCallRestarted {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  /** How often workers have started the job, this time counted and those not that gave it back in good order. */
  @IsInt() @Min(0) runs!: number;
  @IsInt() @Min(0) at!: number;
}

export const UndeliveredReasons = [
  'call-ended',
  'control-refused',
  'control-unreachable',
  'no-control-url',
  /** The hold reached its bound, and the plan says not to speak then. */
  'hold-policy',
  /** It was not fresh any more. */
  'expired',
  /** Too much waits to be said in this call. */
  'queue-full',
  /** Nothing in it can be said: no words are left without its markup. */
  'unspeakable',
  /** Speech was switched off until it was too late. */
  'muted',
  /** What a newer release has a word for that this one does not know. Never written. */
  'other',
] as const;
export type UndeliveredReason = (typeof UndeliveredReasons)[number];

/** Something that should have been said in a call will not be: a follow-up worker may send it another way. */
@Version(1)
export class UtteranceUndelivered {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, 200) utteranceId!: string;
  @OpenWords(UndeliveredReasons, 'other') reason!: UndeliveredReason;
  @IsString() @MaxLength(MAX_SPEECH_TEXT) text!: string;
  @IsOptional() @IsString() @Length(1, MAX_ID_LENGTH) toolCallId?: string;
  @IsOptional() @Matches(TOOL_NAME) tool?: string;
  @IsOptional() @IsIn(ToolCallOutcomes) outcome?: ToolCallOutcome;
  @FreeForm() @IsOptional() data?: unknown;
  /** What the tool was asked, e.g. the caller's number if the tool's static `parameters` bring it (VAPI.md 1.2). */
  @FreeForm() @IsOptional() @IsObject() arguments?: Record<string, unknown>;
  /** When the tool call was made. */
  @IsOptional() @IsInt() @Min(0) requestedAt?: number;
  /** Why the call ended, if it did. */
  @IsOptional() @IsString() @MaxLength(200) endedReason?: string;
  @IsInt() @Min(0) at!: number;
}
