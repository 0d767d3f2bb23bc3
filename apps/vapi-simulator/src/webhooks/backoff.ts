import type { BackoffPlan } from '../scenario/stored.types.js';

/**
 * The pause in ms before the next attempt, undefined when there is none (VAPI.md 4).
 * @param attempt the attempt that failed, from 1
 * @param status its HTTP status, undefined when there was no answer
 */
export function nextAttemptInMs(
  plan: BackoffPlan | undefined,
  attempt: number,
  status: number | undefined,
): number | undefined {
  const failed = status === undefined || status < 200 || status >= 300;
  if (!failed || plan === undefined || attempt > plan.maxRetries) return undefined;
  if (status !== undefined && plan.excludedStatusCodes.includes(status)) return undefined;
  const baseMs = plan.baseDelaySeconds * 1_000;
  return plan.type === 'fixed' ? baseMs : baseMs * 2 ** (attempt - 1);
}

/**
 * Repeats that nobody configured, if Vapi makes any (VAPI.md 7, question 6).
 * @param maxRetries 0 is none
 */
export function planOfItsOwn(maxRetries: number): BackoffPlan | undefined {
  return maxRetries === 0 ? undefined : { type: 'fixed', maxRetries, baseDelaySeconds: 1, excludedStatusCodes: [] };
}
