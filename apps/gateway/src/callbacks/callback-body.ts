import { CALLBACK_BODY_LIMIT, MAX_CALLBACK_DEPTH } from './callbacks.constants.js';

/** How the body of a callback is to be read. */
export type CallbackBodyKind = 'none' | 'json' | 'text' | 'refused';

/**
 * Decides by the headers of a request. A body that does not say what it is, is taken for JSON. Forms are refused: their
 * fields are no answer.
 */
export function callbackBodyKind(headers: Readonly<Record<string, string | string[] | undefined>>): CallbackBodyKind {
  // Some clients name a type for a body that they do not send.
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return 'none';
  const [type = ''] = String(headers['content-type'] ?? '').split(';');
  const mediaType = type.trim().toLowerCase();
  if (mediaType === '' || mediaType === 'application/json' || mediaType.endsWith('+json')) return 'json';
  return mediaType === 'text/plain' ? 'text' : 'refused';
}

export type ReadCallback =
  { readonly ok: true; readonly data?: unknown } | { readonly ok: false; readonly problem: 'too-deep' | 'too-large' };

/** @param body as parsed; an empty one is no data */
export function readCallback(body: unknown): ReadCallback {
  if (body === undefined || body === null || body === '') return { ok: true };
  if (isTooDeep(body)) return { ok: false, problem: 'too-deep' };
  // Written again it may be longer: numbers are, and signs that have to be escaped.
  if (Buffer.byteLength(JSON.stringify(body)) > CALLBACK_BODY_LIMIT) return { ok: false, problem: 'too-large' };
  return { ok: true, data: body };
}

function isTooDeep(body: unknown): boolean {
  let level: unknown[] = [body];
  for (let depth = 0; depth <= MAX_CALLBACK_DEPTH; depth += 1) {
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}
