import { longestBackoffMs } from '@interject/contracts';
import type { RetryPolicy } from '@interject/contracts';

/** Longest wait that a backend may ask for by `retryAfterMs`. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * How long an event waits before it is delivered again: between half and all of the policy's bound, so that the attempts
 * span a known time and those of a broken backend do not come back together. A longer wish of the backend counts.
 *
 * @param attempt number of the one that failed, from 1
 * @param random 0 (inclusive) to 1 (exclusive)
 * @returns milliseconds
 */
export function redeliveryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const bound = longestBackoffMs(policy.backoffMs, attempt);
  const jittered = Math.floor(bound / 2 + (random * bound) / 2);
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
