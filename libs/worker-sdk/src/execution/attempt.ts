import type { Clock } from '@interject/observability';
import { AbortCodes, isToolCallAborted, ToolCallAborted } from '../tool-errors.js';
import type { AbortCode } from '../tool-errors.js';
import type { StopSignal } from './job-signal.js';

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

/** An attempt as its handler may ask about it. */
export interface RunningAttempt {
  /** It has been decided, with or without its handler. */
  readonly isDecided: boolean;
  /** Aborted when it is decided without its handler. Made when first asked for: many handlers never do. */
  readonly signal: AbortSignal;
  /** Aborted when it is decided, by its handler too: for waits that must not outlive it. */
  readonly over: AbortSignal;
}

export interface AttemptOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborted with a {@link ToolCallAborted} when the whole job is to stop. */
  readonly job: StopSignal;
  /** Calls the handler; may throw. */
  readonly run: (attempt: RunningAttempt) => unknown;
  /** Hears of a handler that came to an end too late. */
  readonly onLate: (outcome: LateOutcome) => void;
}

class Attempt implements RunningAttempt {
  isDecided = false;
  private reason: ToolCallAborted | undefined;
  private stopping: AbortController | undefined;
  private ending: AbortController | undefined;

  get signal(): AbortSignal {
    if (this.stopping === undefined) {
      this.stopping = new AbortController();
      if (this.reason !== undefined) this.stopping.abort(this.reason);
    }
    return this.stopping.signal;
  }

  get over(): AbortSignal {
    if (this.ending === undefined) {
      this.ending = new AbortController();
      if (this.isDecided) this.ending.abort(this.reason ?? hasEnded());
    }
    return this.ending.signal;
  }

  /** @param reason why it is decided without its handler */
  end(reason?: ToolCallAborted): void {
    this.isDecided = true;
    this.reason = reason;
    if (reason !== undefined) this.stopping?.abort(reason);
    this.ending?.abort(reason ?? hasEnded());
  }
}

function hasEnded(): Error {
  return new Error('The attempt has ended.');
}

/** The code a job's signal was aborted with. */
export function stopCode(job: Pick<StopSignal, 'reason'>): StopCode {
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
    const attempt = new Attempt();
    const decide = (outcome: AttemptOutcome, reason?: ToolCallAborted): void => {
      if (attempt.isDecided) return;
      clock.clearTimeout(timer);
      job.removeEventListener('abort', onStop);
      resolve(outcome);
      attempt.end(reason);
    };
    const settle = (outcome: LateOutcome): void => {
      if (attempt.isDecided) onLate(outcome);
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
    invoke(run, attempt).then(
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
async function invoke(run: AttemptOptions['run'], attempt: RunningAttempt): Promise<unknown> {
  return run(attempt);
}
