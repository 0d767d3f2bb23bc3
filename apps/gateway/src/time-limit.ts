import { MessagingError, MessagingErrorCodes } from '@interject/messaging';
import type { Clock } from '@interject/runtime';

/**
 * The outcome of `work`, or the failure that it took too long. The work itself goes on and may still succeed.
 *
 * @throws MessagingError `timeout` after `limitMs`, or what `work` rejects with
 */
export async function withTimeLimit<T>(
  clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>,
  work: Promise<T>,
  limitMs: number,
): Promise<T> {
  let timer: unknown;
  const limit = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => {
      reject(new MessagingError(MessagingErrorCodes.Timeout, 'NATS took too long for an answer that waits'));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clock.clearTimeout(timer);
  }
}
