import { CallEndPolicies, SpeechPlan, TOOL_NAME } from '@interject/contracts';
import type { CallEndPolicy } from '@interject/contracts';
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

export const HttpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HttpMethods)[number];

const ONE_HOUR_MS = 3_600_000;
const MAX_TEMPLATE = 10_000;

/** Where a tool call is forwarded to. */
export class HttpRequestEntry {
  @IsOptional() @IsIn(HttpMethods) method?: HttpMethod;
  @IsString() @Length(1, MAX_TEMPLATE) url!: string;
  @IsOptional() @IsObject({ message: 'must be a mapping of header names to texts' }) headers?: Record<string, unknown>;
  @IsOptional() @IsString({ message: 'must be a text (a Liquid template)' }) @Length(1, 100_000) body?: string;
}

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

/** One tool as the file describes it. */
export class HttpToolEntry {
  @Matches(TOOL_NAME, { message: 'must have 1 to 64 letters, digits, _ or -' }) name!: string;
  @IsString() @Length(1, 1000) description!: string;
  /** JSON Schema; none for a tool without arguments. */
  @IsOptional() @IsObject({ message: 'must be a JSON Schema' }) parameters?: Record<string, unknown>;
  @IsObject({ message: 'must be given, with a url' })
  @ValidateNested()
  @Type(() => HttpRequestEntry)
  request!: HttpRequestEntry;
  @IsOptional() @IsInt() @Min(1) @Max(ONE_HOUR_MS) timeoutMs?: number;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => HttpRetryEntry) retry?: HttpRetryEntry;
  @IsOptional() @IsInt() @Min(0) @Max(20_000) graceMs?: number;
  @IsOptional() @IsInt() @Min(1) @Max(ONE_HOUR_MS) queueExpiryMs?: number;
  @IsOptional() @IsIn(CallEndPolicies) onCallEnded?: CallEndPolicy;
  @IsOptional() @IsInt() @Min(1) @Max(10_000) concurrency?: number;
  @IsOptional() @IsString() @Length(1, MAX_TEMPLATE) say?: string;
  @IsOptional() @IsString() @Length(1, 1000) sayOnFailure?: string;
  @IsOptional() @IsObject() @ValidateNested() @Type(() => SpeechPlan) speech?: SpeechPlan;
  @IsOptional()
  @IsObject({ message: 'must be a mapping with texts' })
  @ValidateNested()
  @Type(() => HttpFillersEntry)
  fillers?: HttpFillersEntry;
}
