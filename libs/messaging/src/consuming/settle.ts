import { isUnknownVersion } from '@interject/contracts';
import { isDeadLetterError } from './dead-letter.errors.js';

/** How a handler ended. */
export type DeliveryOutcome =
  /** `keptAs`: dealt with, and still to be kept for operators, for this reason. */
  | { readonly kind: 'handled'; readonly keptAs?: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The message is not JSON: no handler can be asked. */
  | { readonly kind: 'unparseable' }
  /** The service stops and did not wait for the handler any longer. */
  | { readonly kind: 'abandoned' };

/** What to do with the delivery. */
export type Settlement =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly delayMs: number }
  | { readonly kind: 'dead-letter'; readonly reason: string };

const FIRST_BACKOFF_MS = 1000;
const LONGEST_BACKOFF_MS = 30_000;
/**
 * A message of a newer release comes again every 2 s until a replica of that release takes it: so often, two minutes, then it is
 * kept for operators.
 */
const DELIVERIES_OF_UNKNOWN_VERSION = 60;
/** Fit to be a token of a subject. */
const REASON = /^[a-z0-9-]{1,64}$/;

/**
 * Decides what becomes of a delivery. The one place that does.
 *
 * An error with `retryable: false` is dead: a repeat cannot heal it. Any other is delivered again, after the error's own
 * `retryAfterMs` or a doubling wait; a message of an unknown version not for ever.
 *
 * @param deliveryCount 1 for the first delivery
 */
export function settle(outcome: DeliveryOutcome, deliveryCount: number): Settlement {
  switch (outcome.kind) {
    case 'handled':
      return outcome.keptAs === undefined ? { kind: 'ack' } : { kind: 'dead-letter', reason: reasonOf(outcome.keptAs) };
    case 'abandoned':
      return { kind: 'nak', delayMs: 0 };
    case 'unparseable':
      return { kind: 'dead-letter', reason: 'unparseable' };
    case 'failed':
      return settleFailure(outcome.error, deliveryCount);
  }
}

function settleFailure(error: unknown, deliveryCount: number): Settlement {
  const { retryable, code, retryAfterMs } = (typeof error === 'object' && error !== null ? error : {}) as {
    retryable?: unknown;
    code?: unknown;
    retryAfterMs?: unknown;
  };
  const isUnreadable = isUnknownVersion(error) && deliveryCount >= DELIVERIES_OF_UNKNOWN_VERSION;
  if (retryable === false || isUnreadable || isDeadLetterError(error)) {
    return { kind: 'dead-letter', reason: reasonOf(code) };
  }
  if (typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0) {
    return { kind: 'nak', delayMs: retryAfterMs };
  }
  return {
    kind: 'nak',
    delayMs: Math.min(FIRST_BACKOFF_MS * 2 ** (Math.min(deliveryCount, 20) - 1), LONGEST_BACKOFF_MS),
  };
}

function reasonOf(code: unknown): string {
  return typeof code === 'string' && REASON.test(code) ? code : 'not-retryable';
}
