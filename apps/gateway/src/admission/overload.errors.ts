import type { ShedReason } from './shed.types.js';

const OVERLOAD_ERROR = Symbol.for('interject.overload-error');

/** Seconds after which it is worth trying again. Nobody frees a full store within moments. */
const RETRY_AFTER_SECONDS: Readonly<Record<ShedReason, number>> = {
  requests: 1,
  'body-bytes': 1,
  'event-loop': 2,
  publishes: 1,
  'broker-slow': 2,
  'store-full': 30,
};

/** The gateway does not take this on: answered 503, to be sent again. */
export class OverloadError extends Error {
  readonly [OVERLOAD_ERROR] = true;
  readonly code = 'overloaded';
  readonly retryable = true;

  constructor(readonly reason: ShedReason) {
    super('The gateway cannot take this on at the moment');
    this.name = 'OverloadError';
  }

  get retryAfterSeconds(): number {
    return retryAfterSeconds(this.reason);
  }
}

/** True for an {@link OverloadError}, also one from another copy of this file. */
export function isOverloadError(value: unknown): value is OverloadError {
  return typeof value === 'object' && value !== null && OVERLOAD_ERROR in value;
}

export function retryAfterSeconds(reason: ShedReason): number {
  return RETRY_AFTER_SECONDS[reason];
}
