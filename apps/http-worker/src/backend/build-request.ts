import { ErrorCodes } from '@interject/contracts';
import { NonRetryableError } from '@interject/worker-sdk';
import type { HttpMethod } from '../file/http-request.dto.js';
import { fillJson } from '../templates/json-template.js';
import type { FillText, JsonTemplate } from '../templates/json-template.js';
import { plainText } from '../templates/templates.js';
import type { TemplateScope } from '../templates/templates.js';
import { isHeaderValue } from './headers.js';
import type { Headers } from './headers.js';
import type { RequestPlan } from './request-plan.js';
import { TemplateFailure } from './template-failure.js';
import { vapiBody } from './vapi-format.js';
import type { VapiTool } from './vapi-format.js';

/** A request ready to be sent. */
export interface BackendRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: string;
}

/** What a tool call brings. */
export interface RequestInput {
  readonly args: object;
  readonly callId: string;
  readonly toolCallId: string;
  readonly idempotencyKey: string;
  /** Milliseconds since the epoch. */
  readonly requestedAt: number;
  /** Where the backend shall call back, if it may. */
  readonly callbackUrl?: string;
  /** W3C trace context of the job, while tracing is on. */
  readonly traceparent?: string | undefined;
}

/** `.` and `..`, also percent-encoded, which a URL parser takes for the same. */
const DOT_SEGMENT = /^(\.|%2e){1,2}$/i;
/** What a URL parser removes before it reads anything: `.\t.` is `..` to it (WHATWG URL, 4.4). */
const UNREAD = /[\t\n\r]/g;
/** It removes these too, at the end. */
const CONTROL = /\p{Cc}/u;
const SEPARATOR = /[/\\]/;

function scopeOf({ args, callId, toolCallId, idempotencyKey, callbackUrl }: RequestInput): TemplateScope {
  return {
    arguments: args,
    call: { id: callId, toolCallId, idempotencyKey },
    ...(callbackUrl !== undefined && { callback: { url: callbackUrl } }),
  };
}

function filled<T>(field: string, fill: () => T): T {
  try {
    return fill();
  } catch (cause) {
    throw TemplateFailure.of(field, cause);
  }
}

function invalidArguments(text: string): NonRetryableError {
  return new NonRetryableError(text, { code: ErrorCodes.InvalidArguments });
}

/** One `name=value` for each, an item of a list a pair of its own; what is a mapping goes as JSON. */
function pairs(json: JsonTemplate, fill: FillText): string {
  return Object.entries(fillJson(json, fill) as object)
    .flatMap(([name, value]: [string, unknown]) => {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.map((item) => [name, item] as const);
    })
    .filter(([, value]) => value !== null)
    .map((pair) => pair.map((part) => encodeURIComponent(Buffer.from(plainText(part)).toString())).join('='))
    .join('&');
}

function urlOf({ url, origin, query }: RequestPlan, scope: TemplateScope, fill: FillText): URL {
  const text = filled('request.url', () => url.render(scope))
    .replace(UNREAD, '')
    .trim();
  const path = text.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  const segments = path.split(SEPARATOR);
  // An argument of ".." would walk out of the path that the file names.
  const walks = segments.some((segment) => DOT_SEGMENT.test(segment));
  if (walks || CONTROL.test(text) || !URL.canParse(text)) throw invalidArguments('The arguments give no URL.');
  const target = new URL(text);
  // Whatever else a parser may do with a path: what it made must have the segments that were looked at.
  const isSame = path === '' || target.pathname.split('/').length === segments.length;
  if (!isSame) throw invalidArguments('The arguments give no URL.');
  if (target.origin !== origin) throw invalidArguments('The arguments change the host.');
  const more = query === undefined ? '' : pairs(query, fill);
  if (more !== '') target.search = target.search === '' ? more : `${target.search}&${more}`;
  return target;
}

function headersOf(plan: RequestPlan, scope: TemplateScope, input: RequestInput): Headers {
  const headers: Record<string, string> = { ...plan.headers };
  for (const { name, template } of plan.headerTemplates) {
    const value = filled(`request.headers.${name}`, () => template.render(scope)).trim();
    if (!isHeaderValue(value)) throw invalidArguments('The arguments give no header: use the filter url_encode.');
    headers[name] = value;
  }
  headers['idempotency-key'] = input.idempotencyKey;
  // A file that has one of its own knows why.
  if (input.traceparent !== undefined) headers['traceparent'] ??= input.traceparent;
  if (plan.callbackHeader !== undefined && input.callbackUrl !== undefined) {
    headers[plan.callbackHeader] = input.callbackUrl;
  }
  return headers;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function bodyOf(plan: RequestPlan, tool: VapiTool, input: RequestInput, fill: FillText): string | undefined {
  const { body } = plan;
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'arguments':
      return JSON.stringify(input.args);
    case 'vapi':
      return JSON.stringify(vapiBody(tool, input));
    case 'json':
      return JSON.stringify(fillJson(body.json, fill));
    case 'form':
      return pairs(body.fields, fill);
    case 'text': {
      const text = filled('request.body', () => body.template.render(scopeOf(input)));
      if (body.isJson && !isJson(text)) throw new TemplateFailure('request.body', 'gave no JSON');
      return text;
    }
  }
}

/**
 * Fills a plan with a tool call.
 *
 * @throws TemplateFailure or NonRetryableError `invalid-arguments` when the arguments give no request
 */
export function buildRequest(plan: RequestPlan, tool: VapiTool, input: RequestInput): BackendRequest {
  const scope = scopeOf(input);
  const fill: FillText = (template, field) => filled(field, () => template.value(scope));
  const body = bodyOf(plan, tool, input, fill);
  return {
    method: plan.method,
    url: urlOf(plan, scope, fill),
    headers: headersOf(plan, scope, input),
    ...(body !== undefined && { body }),
  };
}
