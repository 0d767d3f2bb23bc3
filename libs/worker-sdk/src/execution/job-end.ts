import { ErrorCodes } from '@interject/contracts';
import type { ToolCallFailure } from '@interject/contracts';
import { AbortCodes, isToolError } from '../tool-errors.js';
import type { ToolFailure } from '../tool.types.js';
import { WaitReasons } from '../limits/wait-reasons.js';
import type { WaitReason } from '../limits/wait-reasons.js';
import type { AttemptOutcome, StopCode } from './attempt.js';

/** How a job ended. A shutdown is no end: the job runs again elsewhere. */
export type JobEnd = { readonly outcome: 'succeeded'; readonly value: unknown; readonly attempts: number } | FailedJob;

/** Any end without a result. */
export interface FailedJob extends ToolFailure {
  readonly failure: ToolCallFailure;
  /** Said instead of the tool's own words. */
  readonly say?: string;
  /** Nobody waits for words about it. */
  readonly isSilent?: boolean;
}

const CODE = /^[a-z][a-z0-9-]{0,63}$/;
const IDENTIFIER = /^[A-Za-z_][\w.-]{0,63}$/;

/** Name and code of an error, if they look like such: its message is private. */
function label(error: unknown): string {
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
  };
  const known = [name, code].filter((word): word is string => typeof word === 'string' && IDENTIFIER.test(word));
  return known.length === 0 ? 'something that is not an error' : known.join(' ');
}

/** True unless the error says `retryable: false`: an unknown error may heal. */
export function isRetryable(error: unknown): boolean {
  return !(typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === false);
}

/** How long an error asks to wait before the next attempt (ms), if it does. */
export function retryAfterMs(error: unknown): number | undefined {
  const wish = (typeof error === 'object' && error !== null ? error : {}) as { readonly retryAfterMs?: unknown };
  return typeof wish.retryAfterMs === 'number' && wish.retryAfterMs >= 0 ? wish.retryAfterMs : undefined;
}

/** Makes an end without a result; `message` is for operators. */
export function failedJob(
  outcome: FailedJob['outcome'],
  failure: ToolCallFailure,
  attempts: number,
  more: Pick<FailedJob, 'error' | 'say' | 'isSilent'> = {},
): FailedJob {
  return { outcome, code: failure.code, attempts, failure, ...more };
}

/** The job's end when the handler threw and is not tried again. */
export function thrownEnd(error: unknown, attempts: number): FailedJob {
  const retryable = isRetryable(error);
  const own = isToolError(error) ? error : undefined;
  const fallback = retryable ? ErrorCodes.HandlerFailed : ErrorCodes.NonRetryable;
  const code = own?.code !== undefined && CODE.test(own.code) ? own.code : fallback;
  const message = retryable
    ? `The handler failed with ${label(error)}, and no attempt is left.`
    : `The handler refused with ${label(error)}.`;
  return failedJob('failed', { code, message, retryable }, attempts, {
    error,
    ...(own?.say !== undefined && { say: own.say }),
  });
}

/** The job's end after its last attempt. */
export function endOf(
  last: Extract<AttemptOutcome, { kind: 'returned' | 'threw' | 'deadline' }>,
  attempts: number,
  timeoutMs: number,
): JobEnd {
  switch (last.kind) {
    case 'returned':
      return { outcome: 'succeeded', value: last.value, attempts };
    case 'threw':
      return thrownEnd(last.error, attempts);
    case 'deadline': {
      const message = `The last attempt ran longer than ${String(timeoutMs)} ms.`;
      return failedJob('timed-out', { code: ErrorCodes.DeadlineExceeded, message, retryable: true }, attempts);
    }
  }
}

/** The job's end when a backend took it and did not call back: another attempt would only wait once more. */
export function overdueEnd(attempts: number, timeoutMs: number): FailedJob {
  const message = `The backend took the job and did not call back within ${String(timeoutMs)} ms.`;
  return failedJob('timed-out', { code: ErrorCodes.DeadlineExceeded, message, retryable: true }, attempts);
}

/**
 * The job's end when its call ended or somebody cancelled it. Whoever cancels during the call knows, so nothing is said;
 * the words after the call's end go to those who follow up.
 */
export function cancelledEnd(code: Exclude<StopCode, 'shutdown'>, attempts: number): FailedJob {
  const hasEnded = code === AbortCodes.CallEnded;
  const message = hasEnded ? 'The call ended.' : 'The tool call was cancelled on request.';
  const failure = { code: ErrorCodes.Cancelled, message, retryable: false };
  return failedJob('cancelled', failure, attempts, { isSilent: !hasEnded });
}

const REMEDIES: Readonly<Record<WaitReason, string>> = {
  [WaitReasons.Call]: 'other jobs of its call were running: raise concurrencyPerCall, or let the model ask for less.',
  [WaitReasons.Concurrency]: 'no place was free: run more replicas, or raise the concurrency.',
  [WaitReasons.Rate]: 'its rate limit left no room: raise rateLimit, or let fewer tool calls be made.',
};

/**
 * The job's end when it could not begin in time.
 *
 * @param waitedFor what kept it here; nothing: it was taken too late
 */
export function expiredEnd(patienceMs: number, waitedFor?: WaitReason): FailedJob {
  const why =
    waitedFor === undefined ? 'no worker was free: run more replicas, or raise the concurrency.' : REMEDIES[waitedFor];
  const message = `Not begun within ${String(patienceMs)} ms, ${why}`;
  return failedJob('expired', { code: ErrorCodes.QueueExpired, message, retryable: true }, 0);
}
