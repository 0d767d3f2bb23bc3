import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { FreeForm } from '../free-form.decorator.js';
import { IsStaticArguments } from '../static-arguments.decorator.js';
import { TOOL_NAME } from '../subjects.js';
import { CallEndPolicies, SpeechPlan } from './speech-plan.js';
import type { CallEndPolicy } from './speech-plan.js';
import { ToolCallModes } from './tool-call-mode.js';
import type { ToolCallMode } from './tool-call-mode.js';
import { Version } from '../versions.js';

/** How often a handler is tried, and how long it waits before the second try (doubling after that, with jitter). */
export class RetryPolicy {
  @IsInt() @Min(1) @Max(20) attempts!: number;
  @IsInt() @Min(0) @Max(600_000) backoffMs!: number;
}

/** Words that keep the caller company while a tool call is pending and nobody talks. */
export class Fillers {
  /** Said in turn. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  texts!: string[];
  /** Silence after which the first one is said. */
  @IsInt() @Min(1000) @Max(120_000) afterMs!: number;
  /** Silence after which each further one is said. */
  @IsInt() @Min(1000) @Max(600_000) everyMs!: number;
  /** Most that are said for one tool call. */
  @IsInt() @Min(0) @Max(20) max!: number;
  /** Said beyond that when silence is about to end the call (VAPI.md 4: 30 s by default). */
  @IsOptional() @IsString() @Length(1, 300) onSilenceLimit?: string;
  /** Said when the call is about to reach its longest duration (VAPI.md 4: 600 s by default). */
  @IsOptional() @IsString() @Length(1, 300) onDurationLimit?: string;
}

export const FILLER_DEFAULTS = { afterMs: 5000, everyMs: 10_000, max: 2 } as const satisfies Partial<Fillers>;

export const DuplicateScopes = ['tool', 'arguments'] as const;
export type DuplicateScope = (typeof DuplicateScopes)[number];

/**
 * A second tool call of the same kind in one call is refused while the first one runs, and for some time after it
 * succeeded: the model that repeats itself does not book twice. A first one that failed stands in nobody's way.
 */
export class DuplicatePolicy {
  /** What makes two tool calls the same: the tool alone, or the tool and its arguments. */
  @IsIn(DuplicateScopes) by!: DuplicateScope;
  /** How long a success stands in the way of the next one; 0: only what still runs does. */
  @IsInt() @Min(0) @Max(86_400_000) afterSuccessMs!: number;
}

export const DUPLICATE_DEFAULTS = { by: 'arguments', afterSuccessMs: 600_000 } as const satisfies DuplicatePolicy;

/**
 * Longest grace window: Vapi gives up after `server.timeoutSeconds`, 20 s by default (VAPI.md 4), and there must be time left
 * for the claim (2 s) and for the way back.
 */
export const MAX_GRACE_MS = 15_000;

/** Most static arguments of a tool. */
const MAX_STATIC_ARGUMENTS = 20;

/** What a worker writes to KV `tools` about a tool it runs; the gateway learns tools from there. */
@Version(1)
export class ToolDefinition {
  @Matches(TOOL_NAME) name!: string;
  @IsString() @Length(1, 1000) description!: string;
  /** JSON Schema of the arguments, an object schema. */
  @FreeForm() @IsObject() parameters!: Record<string, unknown>;
  /** Name of the worker app. */
  @IsString() @Length(1, 100) worker!: string;
  /** Changes when any other field of the definition does. */
  @IsString() @Length(1, 100) version!: string;
  @IsInt() @Min(0) @Max(MAX_GRACE_MS) graceMs!: number;
  @IsInt() @Min(1) @Max(3_600_000) timeoutMs!: number;
  @ValidateNested() @Type(() => RetryPolicy) retry!: RetryPolicy;
  @IsInt() @Min(1) @Max(3_600_000) queueExpiryMs!: number;
  @IsIn(CallEndPolicies) onCallEnded!: CallEndPolicy;
  @IsOptional() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  @IsOptional() @IsString() @Length(1, 1000) sayOnFailure?: string;
  @IsOptional() @ValidateNested() @Type(() => Fillers) fillers?: Fillers;
  /** Absent: every tool call is run. */
  @IsOptional() @ValidateNested() @Type(() => DuplicatePolicy) duplicates?: DuplicatePolicy;
  /** How a caller would call the job, e.g. `the sales report`: for lists of what is running. Default: made of the name. */
  @IsOptional() @IsString() @Length(1, 100) title?: string;
  /**
   * How the tool is set up in Vapi: `async` (default), or `sync`, whose webhook is answered with the result if that comes
   * within `graceMs`. What a webhook says of its tool goes first.
   */
  @IsOptional() @IsIn(ToolCallModes) mode?: ToolCallMode;
  /** Vapi says it when the tool is called (`request-complete`, VAPI.md 5). It must not sound like success. */
  @IsOptional() @IsString() @Length(1, 1000) sayOnStart?: string;
  /**
   * Arguments that Vapi fills in and the model never sees, as Liquid: `{ phone: '{{ customer.number }}' }`
   * (VAPI.md 1.2). Each is a property of `parameters` too.
   */
  @IsOptional() @IsStaticArguments(MAX_STATIC_ARGUMENTS) @FreeForm() staticArguments?: Record<string, string>;
}

/** What Vapi says at once for an async tool without words of its own. */
export const DEFAULT_START_TEXT = "I'm on it, I'll tell you as soon as I know more.";

/** Said when a tool call fails or times out and its tool brings no words of its own. */
export const DEFAULT_FAILURE_TEXT = "I'm sorry, I could not complete that.";

export const TOOL_DEFAULTS = {
  graceMs: 3000,
  timeoutMs: 60_000,
  retry: { attempts: 3, backoffMs: 1000 },
  queueExpiryMs: 120_000,
  onCallEnded: 'finish',
} as const satisfies Partial<ToolDefinition>;

const WATCHDOG_MARGIN_MS = 10_000;

/**
 * How long after a tool call its result must have come, even if every attempt runs into its deadline.
 * After that no worker can be left that would still answer.
 */
export function watchdogMs(tool: Pick<ToolDefinition, 'queueExpiryMs' | 'timeoutMs' | 'retry'>): number {
  let backoffs = 0;
  for (let attempt = 1; attempt < tool.retry.attempts; attempt += 1) {
    backoffs += longestBackoffMs(tool.retry.backoffMs, attempt);
  }
  return tool.queueExpiryMs + tool.retry.attempts * tool.timeoutMs + backoffs + WATCHDOG_MARGIN_MS;
}

const MAX_BACKOFF_MS = 60_000;

/** Upper bound of the wait after failed attempt number `attempt` (from 1): doubling, at most a minute. */
export function longestBackoffMs(backoffMs: number, attempt: number): number {
  return Math.min(backoffMs * 2 ** (attempt - 1), Math.max(MAX_BACKOFF_MS, backoffMs));
}
