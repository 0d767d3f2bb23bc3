import {
  CallEndPolicies,
  DuplicateScopes,
  FreeForm,
  MAX_GRACE_MS,
  SpeechPlan,
  TOOL_NAME,
  ToolCallModes,
} from '@interject/contracts';
import type { CallEndPolicy, DuplicateScope, ToolCallMode } from '@interject/contracts';
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
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { MAX_TEMPLATE, ONE_HOUR_MS } from './http-request.dto.js';

/** How often a backend is asked. */
export class HttpRetryEntry {
  @IsOptional() @IsInt() @Min(1) @Max(20) attempts?: number;
  @IsOptional() @IsInt() @Min(0) @Max(600_000) backoffMs?: number;
}

/** Words that keep the caller company while a backend works; what is left out comes from `FILLER_DEFAULTS`. */
export class HttpFillersEntry {
  @IsArray({ message: 'must be a list of texts' })
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  texts!: string[];
  @IsOptional() @IsInt() @Min(1000) @Max(120_000) afterMs?: number;
  @IsOptional() @IsInt() @Min(1000) @Max(600_000) everyMs?: number;
  @IsOptional() @IsInt() @Min(0) @Max(20) max?: number;
  @IsOptional() @IsString() @Length(1, 300) onSilenceLimit?: string;
  @IsOptional() @IsString() @Length(1, 300) onDurationLimit?: string;
}

/** At most `limit` requests within `perMs`, over all replicas. */
export class HttpRateLimitEntry {
  @IsInt() @Min(1) @Max(10_000) limit!: number;
  @IsInt() @Min(1) @Max(ONE_HOUR_MS) perMs!: number;
}

/** What counts as the same tool call; what is left out comes from `DUPLICATE_DEFAULTS`. */
export class HttpDuplicatesEntry {
  @IsOptional() @IsIn(DuplicateScopes) by?: DuplicateScope;
  @IsOptional() @IsInt() @Min(0) @Max(86_400_000) afterSuccessMs?: number;
}

/** Words in place of a mapping: `callback: true`, `duplicates: reject`. */
function IsMappingOr(words: readonly unknown[], message: string): PropertyDecorator {
  const validate = (value: unknown): boolean =>
    words.includes(value) || (typeof value === 'object' && value !== null && !Array.isArray(value));
  return ValidateBy({ name: 'isMappingOr', validator: { validate, defaultMessage: () => message } });
}

/** One tool as the file describes it. The parts that are `unknown` are read by themselves. */
export class HttpToolEntry {
  @Matches(TOOL_NAME, { message: 'must have 1 to 64 letters, digits, _ or -' }) name!: string;
  @IsString() @Length(1, 1000) description!: string;
  @IsOptional() @IsString() @Length(1, 100) title?: string;
  /** JSON Schema; none for a tool without arguments. */
  @FreeForm() @IsOptional() @IsObject({ message: 'must be a JSON Schema' }) parameters?: Record<string, unknown>;
  @FreeForm()
  @IsOptional()
  @IsObject({ message: 'must be a mapping of argument names to templates of Vapi' })
  staticArguments?: Record<string, string>;
  @IsOptional() @IsIn(ToolCallModes) mode?: ToolCallMode;
  @IsOptional() @IsString() @Length(1, 1000) sayOnStart?: string;
  @FreeForm() @IsObject({ message: 'must be given, with a url' }) request!: object;
  @FreeForm() @IsOptional() @IsObject() response?: object;
  @FreeForm() @IsOptional() @IsMappingOr([true, false], 'must be true, false or a mapping') callback?: boolean | object;
  @IsOptional() @IsInt() @Min(1) @Max(ONE_HOUR_MS) timeoutMs?: number;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => HttpRetryEntry) retry?: HttpRetryEntry;
  @IsOptional() @IsInt() @Min(0) @Max(MAX_GRACE_MS) graceMs?: number;
  @IsOptional() @IsInt() @Min(1) @Max(ONE_HOUR_MS) queueExpiryMs?: number;
  @IsOptional() @IsIn(CallEndPolicies) onCallEnded?: CallEndPolicy;
  @FreeForm()
  @IsOptional()
  @IsMappingOr(['allow', 'reject'], 'must be allow, reject or a mapping')
  duplicates?: 'allow' | 'reject' | HttpDuplicatesEntry;
  @IsOptional() @IsInt() @Min(1) @Max(10_000) concurrency?: number;
  @IsOptional() @IsInt() @Min(1) @Max(10_000) concurrencyPerCall?: number;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => HttpRateLimitEntry) rateLimit?: HttpRateLimitEntry;
  @IsOptional() @IsString() @Length(1, MAX_TEMPLATE) say?: string;
  @IsOptional() @IsString() @Length(1, 1000) sayOnFailure?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  @IsOptional()
  @IsObject({ message: 'must be a mapping with texts' })
  @ValidateNested()
  @Type(() => HttpFillersEntry)
  fillers?: HttpFillersEntry;
}
