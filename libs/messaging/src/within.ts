import { ErrorCode, NatsError } from 'nats';
import { API_TIMEOUT_MS } from './messaging.options.js';

/** A request that is sent just when a broker has come back may never be answered. */
const FIRST_LIMIT_MS = 500;
const LIMIT_GROWTH = 1.5;

/**
 * The answer to a request, if it comes in time.
 *
 * @throws NatsError `TIMEOUT` after `limitMs`, and whatever the request fails with before
 */
export async function within<T>(limitMs: number, request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(NatsError.errorForCode(ErrorCode.Timeout));
    }, limitMs);
  });
  // The race reports it, or nobody asks any more.
  request.catch(() => undefined);
  try {
    return await Promise.race([request, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The answer to a question that may be asked more than once: it is, when no answer came within half a second, then
 * within a little more, for 5 s in all.
 *
 * @param ask gets how long it may take, milliseconds @throws NatsError `TIMEOUT` at the end, and whatever else it fails with at once
 */
export async function askAgain<T>(ask: (limitMs: number) => Promise<T>): Promise<T> {
  const deadline = performance.now() + API_TIMEOUT_MS;
  for (let limitMs = FIRST_LIMIT_MS; ; limitMs *= LIMIT_GROWTH) {
    try {
      return await ask(limitMs);
    } catch (error) {
      const isUnanswered = error instanceof NatsError && error.code === (ErrorCode.Timeout as string);
      if (!isUnanswered || performance.now() + limitMs * LIMIT_GROWTH > deadline) throw error;
    }
  }
}
