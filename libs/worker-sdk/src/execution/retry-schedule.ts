import { longestBackoffMs } from '@interject/contracts';
import type { RetryPolicy } from '@interject/contracts';

/** Longest wait that a backend may ask for by `retryAfterMs`. */
const MAX_RETRY_AFTER_MS = 60_000;

export interface RetryQuestion {
  readonly policy: RetryPolicy;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** What the error asked for. */
  readonly retryAfterMs: number | undefined;
  /** Time that can be waited so that the attempts left still end before the watchdog (ms). */
  readonly slackMs: number;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
}

/**
 * How long to wait before the next attempt: full jitter under the policy's bound, so that the jobs of a broken backend
 * do not come back together. A wish of the backend counts as far as the watchdog of the tool call allows: beyond that
 * the caller has been told that it timed out.
 *
 * @returns milliseconds
 */
export function retryDelayMs({ policy, attempt, retryAfterMs, slackMs, random }: RetryQuestion): number {
  const jittered = Math.floor(random * longestBackoffMs(policy.backoffMs, attempt));
  if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs)) return jittered;
  return Math.max(jittered, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS, slackMs));
}
