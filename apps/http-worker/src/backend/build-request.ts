import { ErrorCodes } from '@interject/contracts';
import { NonRetryableError } from '@interject/worker-sdk';
import type { HttpMethod } from '../file/http-tool.dto.js';
import type { Template } from '../templates/templates.js';
import type { Headers } from './headers.js';
import type { RequestPlan } from './request-plan.js';

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
  readonly idempotencyKey: string;
}

/** `.` and `..`, also percent-encoded, which a URL parser takes for the same. */
const DOT_SEGMENT = /^(\.|%2e){1,2}$/i;

function render(template: Template, args: object, field: string): string {
  try {
    return template.render({ arguments: args });
  } catch (cause) {
    throw new NonRetryableError(`The template ${field} cannot be filled with these arguments.`, {
      code: 'template',
      cause,
    });
  }
}

function urlOf({ url, origin }: RequestPlan, args: object): URL {
  const text = render(url, args, 'request.url').trim();
  const path = text.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  // An argument of ".." would walk out of the path that the file names.
  const walks = path.split(/[/\\]/).some((segment) => DOT_SEGMENT.test(segment));
  if (walks || !URL.canParse(text)) {
    throw new NonRetryableError('The arguments give no URL.', { code: ErrorCodes.InvalidArguments });
  }
  const target = new URL(text);
  if (target.origin !== origin) {
    throw new NonRetryableError('The arguments change the host.', { code: ErrorCodes.InvalidArguments });
  }
  return target;
}

function bodyOf({ body }: RequestPlan, args: object): string | undefined {
  switch (body.kind) {
    case 'none':
      return undefined;
    case 'arguments':
      return JSON.stringify(args);
    case 'template': {
      const text = render(body.template, args, 'request.body');
      if (body.isJson && !isJson(text)) {
        throw new NonRetryableError('The template request.body gave no JSON.', { code: 'template' });
      }
      return text;
    }
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Fills a plan with a tool call.
 *
 * @throws NonRetryableError `template` or `invalid-arguments` when the arguments give no request
 */
export function buildRequest(plan: RequestPlan, { args, idempotencyKey }: RequestInput): BackendRequest {
  const body = bodyOf(plan, args);
  return {
    method: plan.method,
    url: urlOf(plan, args),
    headers: { ...plan.headers, 'idempotency-key': idempotencyKey },
    ...(body !== undefined && { body }),
  };
}
