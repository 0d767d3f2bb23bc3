import { FreeForm } from '@interject/contracts';
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
} from 'class-validator';

export const HttpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof HttpMethods)[number];

/** What goes out: the arguments as the file says, or what Vapi itself would have sent. */
export const RequestFormats = ['plain', 'vapi'] as const;
export type RequestFormat = (typeof RequestFormats)[number];

export const MAX_TEMPLATE = 10_000;
export const ONE_HOUR_MS = 3_600_000;
const MAX_BODY = 100_000;

function isJsonLike(value: unknown): boolean {
  return typeof value === 'string' ? value.length > 0 && value.length <= MAX_BODY : typeof value === 'object';
}

/** A text that is a template, or JSON whose texts are. */
function IsBody(): PropertyDecorator {
  const defaultMessage = (): string => 'must be a mapping, a list, or a text (a Liquid template)';
  return ValidateBy({ name: 'isBody', validator: { validate: isJsonLike, defaultMessage } });
}

const MAPPING = { message: 'must be a mapping of names to values' };

/** Where a tool call is forwarded to. */
export class HttpRequestEntry {
  @IsOptional() @IsIn(RequestFormats) format?: RequestFormat;
  @IsOptional() @IsIn(HttpMethods) method?: HttpMethod;
  @IsString() @Length(1, MAX_TEMPLATE) url!: string;
  @FreeForm() @IsOptional() @IsObject(MAPPING) query?: Record<string, unknown>;
  @FreeForm() @IsOptional() @IsObject({ message: 'must be a mapping of header names to texts' }) headers?: Record<
    string,
    unknown
  >;
  @FreeForm() @IsOptional() @IsBody() body?: unknown;
  @FreeForm() @IsOptional() @IsObject(MAPPING) form?: Record<string, unknown>;
  @IsOptional() @IsInt() @Min(1) @Max(ONE_HOUR_MS) timeoutMs?: number;
}

/** What is made of the backend's answer. */
export class HttpResponseEntry {
  @IsOptional() @IsString() @Length(1, 500) pick?: string;
  @IsOptional() @IsString() @Length(1, MAX_TEMPLATE) failWhen?: string;
  @IsOptional() @IsString() @Length(1, MAX_TEMPLATE) sayWhenFailed?: string;
}

/** A backend that says it has begun, and calls back when it is done. */
export class HttpCallbackEntry {
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9-]{1,100}$/, { message: 'must be a name of a header' })
  header?: string;
  @IsOptional()
  @IsArray({ message: 'must be a list of statuses' })
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsInt({ each: true })
  @Min(200, { each: true })
  @Max(299, { each: true })
  acceptStatuses?: number[];
}
