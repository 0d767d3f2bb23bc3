import { MAX_CANCEL_REASON } from './cancellations.service.js';

const DEFAULT_REASON = 'A backend service asked for it.';

export type ReadCancelBody =
  | { readonly ok: true; readonly reason: string }
  /** A sentence that says what to do; does not quote what was sent. */
  | { readonly ok: false; readonly problem: string };

/** Reads the body of a request to cancel: nothing, or `{ "reason": ... }`. Unknown fields are refused, as elsewhere. */
export function readCancelBody(body: unknown): ReadCancelBody {
  if (body === undefined || body === null) return { ok: true, reason: DEFAULT_REASON };
  if (typeof body !== 'object' || Array.isArray(body)) {
    return refuse('The body must be empty or a JSON object: {"reason": "The order was withdrawn."}');
  }
  const { reason = DEFAULT_REASON, ...others } = body as Record<string, unknown>;
  if (Object.keys(others).length > 0) return refuse('The body may hold a reason and nothing else.');
  if (reason === null) return { ok: true, reason: DEFAULT_REASON };
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > MAX_CANCEL_REASON) {
    return refuse(`reason must be a text of 1 to ${String(MAX_CANCEL_REASON)} characters.`);
  }
  return { ok: true, reason };
}

function refuse(problem: string): ReadCancelBody {
  return { ok: false, problem };
}
