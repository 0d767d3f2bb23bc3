/** One request. Redirects are not followed: a 3xx is a response like others. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the start until the last byte that is wanted. */
  readonly timeoutMs: number;
  /** Most bytes of the answer to keep. 0: none; the exchange is over with the headers and the rest is dropped. */
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
  /**
   * Asked when the connection stands, just before the first byte is written: connecting may have taken seconds. False: the
   * exchange fails unwritten with the code `NOT_WANTED`.
   */
  readonly mayWrite?: () => boolean;
}

/**
 * What became of it.
 *
 * `written` tells whether a byte of the request may have left: without it the other side certainly did not act.
 */
export type HttpExchange =
  | { readonly kind: 'response'; readonly status: number; readonly retryAfterMs?: number; readonly body: string }
  | {
      readonly kind: 'failed';
      readonly written: boolean;
      /** `TIMEOUT`, `ABORTED`, `TOO_LARGE`, `CLOSED`, or the code of the system, OpenSSL or Node, e.g. `ECONNREFUSED`. */
      readonly code: string;
    };
