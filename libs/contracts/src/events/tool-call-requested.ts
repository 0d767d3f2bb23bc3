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
  Min,
  ValidateNested,
} from 'class-validator';
import { FreeForm } from '../free-form.decorator.js';
import { TOOL_NAME } from '../subjects.js';
import { CallEndPolicies, SpeechPlan } from './speech-plan.js';
import type { CallEndPolicy } from './speech-plan.js';
import { ToolCallModes } from './tool-call-mode.js';
import type { ToolCallMode } from './tool-call-mode.js';
import { Fillers } from './tool-definition.js';
import { Version } from '../versions.js';

/** Longest id that is taken from outside: Vapi's are 9 to 40 characters, ids of other models have no stated limit. */
export const MAX_ID_LENGTH = 512;

/** The assistant invoked a tool. Carries what worker and notifier need to know of the tool, so neither looks it up. */
@Version(1)
export class ToolCallRequested {
  @IsString() @Length(1, MAX_ID_LENGTH) callId!: string;
  @IsString() @Length(1, MAX_ID_LENGTH) toolCallId!: string;
  @Matches(TOOL_NAME) tool!: string;
  @FreeForm() @IsObject() arguments!: Record<string, unknown>;
  @IsIn(ToolCallModes) mode!: ToolCallMode;
  /** Milliseconds since the epoch, the gateway's clock. */
  @IsInt() @Min(0) requestedAt!: number;
  /** Sync tools: how long the gateway may wait for an inline answer. */
  @IsInt() @Min(0) graceMs!: number;
  /** A job that waited longer in the queue is not started: nobody waits for it any more. */
  @IsInt() @Min(1) queueExpiryMs!: number;
  /** When no result came by then (since `requestedAt`), the notifier publishes `timed-out` under the same key. */
  @IsInt() @Min(1) watchdogMs!: number;
  @IsIn(CallEndPolicies) onCallEnded!: CallEndPolicy;
  @IsOptional() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  /** What is said when the tool call fails or times out. */
  @IsOptional() @IsString() @Length(1, 1000) sayOnFailure?: string;
  @IsOptional() @ValidateNested() @Type(() => Fillers) fillers?: Fillers;
  /** A replay that nobody is there to hear: its result is stored without words, and nobody follows up. */
  @IsOptional() @IsBoolean() isSilent?: boolean;
}
