import { NonRetryableError, parseRetryAfter, ToolError } from '@interject/worker-sdk';

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Decides what a webhook's answer means.
 *
 * @param retryAfter the header as sent
 * @param now milliseconds since the epoch, for a `Retry-After` date
 * @throws ToolError retryable for 5xx, 408, 425 and 429; NonRetryableError for anything else that is not 2xx
 */
export function judgeAnswer(status: number, retryAfter: string | undefined, now: number): void {
  if (status >= 200 && status < 300) return;
  const text = `The webhook answered ${String(status)}.`;
  // The code becomes the reason of the dead letter: an operator must see which status it was.
  const code = `webhook-http-${String(status)}`;
  if (status >= 500 || PASSING_REFUSALS.has(status)) {
    const retryAfterMs = parseRetryAfter(retryAfter, now);
    throw ToolError.retryable(text, { code, ...(retryAfterMs !== undefined && { retryAfterMs }) });
  }
  // Redirects too: the body is private, and whoever answers there was not configured.
  throw new NonRetryableError(text, { code });
}
