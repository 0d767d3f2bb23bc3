import { isContractError } from '@interject/contracts';
import { isMessagingError } from '@interject/messaging';
import type { LogFields } from '@interject/observability';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2000;

/**
 * Repeats `action` until it succeeds or `signal` is aborted, with growing waits. For what must happen some time while
 * the partition is owned, and may happen twice.
 *
 * @returns undefined when it was given up
 */
export async function persistently<T>(
  what: string,
  signal: AbortSignal,
  log: { warn(message: string, fields: LogFields): void },
  action: () => Promise<T>,
): Promise<T | undefined> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await action();
    } catch (error) {
      const isUnreadable = isContractError(error) || error instanceof SyntaxError;
      const isFinal = (isMessagingError(error) && !error.retryable) || isUnreadable;
      log.warn('an action on a call failed', { what, error, willRepeat: !isFinal });
      if (isFinal) return undefined;
    }
    await pause(waitMs, signal);
  }
  return undefined;
}

/** Waits `ms`, or until `signal` is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
