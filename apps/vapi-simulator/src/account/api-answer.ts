import type { JsonValue } from '../scenario/json.types.js';

/** An answer of the REST API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** A refusal with a body as NestJS makes them, which is what Vapi answers with. */
export function refusal(
  statusCode: number,
  message: string | readonly string[],
  headers: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return { status: statusCode, body: { message, error: REASONS[statusCode] ?? 'Error', statusCode }, headers };
}
