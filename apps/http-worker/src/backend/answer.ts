import { NonRetryableError, parseRetryAfter, ToolError } from '@interject/worker-sdk';

/** What a backend answered. */
export interface BackendAnswer {
  readonly status: number;
  readonly contentType: string;
  /** As sent: seconds or an HTTP date. */
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

/** JSON if it says so or looks so, else the text; undefined for an empty answer. */
function resultOf({ contentType, text }: BackendAnswer): unknown {
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

/**
 * Takes the result out of an answer.
 *
 * @param now milliseconds since the epoch, for a `Retry-After` date
 * @throws ToolError retryable for 5xx, 408, 425 and 429; NonRetryableError for any other status that is not 2xx
 */
export function resultOfAnswer(answer: BackendAnswer, now: number): unknown {
  const { status } = answer;
  if (status >= 200 && status < 300) return resultOf(answer);
  const text = `The backend answered ${String(status)}.`;
  // The code is what logs and events show: an operator must see which status it was.
  const code = `backend-http-${String(status)}`;
  if (status >= 500 || PASSING_REFUSALS.has(status)) {
    const waitMs = parseRetryAfter(answer.retryAfter, now);
    throw ToolError.retryable(text, { code, ...(waitMs !== undefined && { retryAfterMs: waitMs }) });
  }
  throw new NonRetryableError(text, { code });
}
