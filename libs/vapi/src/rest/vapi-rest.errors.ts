/** What can become of a request to Vapi's REST API, as callers have to tell it apart. */
export const VapiRestCodes = {
  /** 401 or 403: the private key is wrong, or belongs to another organisation or region. */
  Auth: 'vapi-auth',
  /** 404. */
  NotFound: 'vapi-not-found',
  /** 409: still in use. */
  Conflict: 'vapi-conflict',
  /** Another 4xx: Vapi does not take what was sent. */
  Refused: 'vapi-refused',
  /** 429, time and again. */
  Throttled: 'vapi-throttled',
  /** A 5xx or 408, time and again. */
  Failing: 'vapi-failing',
  /** No answer in time, or none at all. */
  Unreachable: 'vapi-unreachable',
  /** A redirect, which is not followed: it would carry the key elsewhere. */
  Redirect: 'vapi-redirect',
  /** An answer that is not what the API promises. */
  Unreadable: 'vapi-unreadable',
} as const;
export type VapiRestCode = (typeof VapiRestCodes)[keyof typeof VapiRestCodes];

const VAPI_REST_ERROR = Symbol.for('interject.vapi-rest-error');
const RETRYABLE: ReadonlySet<VapiRestCode> = new Set<VapiRestCode>([
  VapiRestCodes.Throttled,
  VapiRestCodes.Failing,
  VapiRestCodes.Unreachable,
]);

export interface VapiRestErrorOptions {
  readonly status?: number;
  /** Vapi may have acted all the same. */
  readonly isAmbiguous?: boolean;
  readonly cause?: unknown;
}

/** A request to Vapi's REST API failed. Its text is for the person who runs the command: it says what to do. */
export class VapiRestError extends Error {
  readonly [VAPI_REST_ERROR] = true;
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly isAmbiguous: boolean;

  constructor(
    readonly code: VapiRestCode,
    message: string,
    { status, isAmbiguous = false, cause }: VapiRestErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'VapiRestError';
    this.retryable = RETRYABLE.has(code);
    this.status = status;
    this.isAmbiguous = isAmbiguous;
  }
}

/** True for a {@link VapiRestError}, also one from another copy of this package. */
export function isVapiRestError(value: unknown): value is VapiRestError {
  return typeof value === 'object' && value !== null && VAPI_REST_ERROR in value;
}
