import { NonRetryableError, parseRetryAfter, ToolError } from '@interject/worker-sdk';

/** What a backend answered. */
export interface BackendAnswer {
  readonly status: number;
  readonly contentType: string;
  /** As sent: seconds or an HTTP date. */
  readonly retryAfter: string | undefined;
  /** What can be read of it: of an answer that is no success perhaps nothing. */
  readonly text: string;
}

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

/** True for 2xx. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * JSON if it says so or looks so, else the text; undefined for an empty answer.
 *
 * @throws NonRetryableError when it says JSON and is none
 */
export function contentOf({ contentType, text }: Pick<BackendAnswer, 'contentType' | 'text'>): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const isJson = /[/+]json\b/i.test(contentType);
  if (!isJson && !/^[{[]/.test(trimmed)) return trimmed;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    if (!isJson) return trimmed;
    // The job is done over there: asking again could do it twice.
    throw new NonRetryableError('The backend said JSON and sent something else.', { code: 'backend-answer-invalid' });
  }
}

/** The same of an answer that is no success: what cannot be read is as good as nothing. */
export function contentOfRefusal(answer: BackendAnswer): unknown {
  try {
    return contentOf(answer);
  } catch {
    return undefined;
  }
}

/**
 * What a status that is not 2xx means.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` date
 * @param say the words for the caller, if the answer gives any
 * @returns ToolError retryable for 5xx, 408, 425 and 429; NonRetryableError for any other
 */
export function refusal({ status, retryAfter }: BackendAnswer, now: number, say?: string): ToolError {
  const text = `The backend answered ${String(status)}.`;
  // The code is what logs and events show: an operator must see which status it was.
  const options = { code: `backend-http-${String(status)}`, ...(say !== undefined && { say }) };
  if (status < 500 && !PASSING_REFUSALS.has(status)) return new NonRetryableError(text, options);
  const waitMs = parseRetryAfter(retryAfter, now);
  return ToolError.retryable(text, { ...options, ...(waitMs !== undefined && { retryAfterMs: waitMs }) });
}
