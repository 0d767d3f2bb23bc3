import type { Clock } from '@interject/observability';
import { AbortCodes, isToolCallAborted, ToolCallAborted } from '../tool-errors.js';
import type { AbortCode } from '../tool-errors.js';

/** Why a job stops although its handler did not: everything but the deadline of an attempt. */
export type StopCode = Exclude<AbortCode, 'deadline'>;

/** How one attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'stopped'; readonly code: StopCode };

/** What a handler did after its attempt had been decided without it. */
export type LateOutcome = Extract<AttemptOutcome, { kind: 'returned' | 'threw' }>;

export interface AttemptOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted with a {@link ToolCallAborted} when the whole job is to stop. */
  readonly job: AbortSignal;
  /** Calls the handler; may throw. */
  readonly run: (signal: AbortSignal) => unknown;
  /** Hears of a handler that came to an end too late. */
  readonly onLate: (outcome: LateOutcome) => void;
}

/** The code a job's signal was aborted with. */
export function stopCode(job: AbortSignal): StopCode {
  const reason: unknown = job.reason;
  const code = isToolCallAborted(reason) ? reason.code : AbortCodes.Shutdown;
  return code === AbortCodes.Deadline ? AbortCodes.Shutdown : code;
}

/**
 * Runs the handler once. Decided by whatever comes first: the handler, the deadline, or the job's end. A handler that
 * ignores its signal does not hold up the decision; what it does later is reported to `onLate`. Never rejects.
 */
export async function runAttempt({ clock, timeoutMs, job, run, onLate }: AttemptOptions): Promise<AttemptOutcome> {
  if (job.aborted) return { kind: 'stopped', code: stopCode(job) };
  return new Promise<AttemptOutcome>((resolve) => {
    const controller = new AbortController();
    let isDecided = false;
    const decide = (outcome: AttemptOutcome, reason?: ToolCallAborted): void => {
      if (isDecided) return;
      isDecided = true;
      clock.clearTimeout(timer);
      job.removeEventListener('abort', onStop);
      resolve(outcome);
      if (reason !== undefined) controller.abort(reason);
    };
    const settle = (outcome: LateOutcome): void => {
      if (isDecided) onLate(outcome);
      else decide(outcome);
    };
    const onStop = (): void => {
      const code = stopCode(job);
      decide({ kind: 'stopped', code }, new ToolCallAborted(code));
    };
    const timer = clock.setTimeout(() => {
      decide({ kind: 'deadline' }, new ToolCallAborted(AbortCodes.Deadline));
    }, timeoutMs);
    job.addEventListener('abort', onStop);
    invoke(run, controller.signal).then(
      (value) => {
        settle({ kind: 'returned', value });
      },
      (error: unknown) => {
        settle({ kind: 'threw', error });
      },
    );
  });
}

/** A handler may throw at once, or return something that only looks like a promise. */
async function invoke(run: (signal: AbortSignal) => unknown, signal: AbortSignal): Promise<unknown> {
  return run(signal);
}
