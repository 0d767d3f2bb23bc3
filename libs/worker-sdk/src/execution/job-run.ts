import { delay } from '@interject/observability';
import type { ToolCallRequested } from '@interject/contracts';
import type { CompiledTool } from '../tool-source.types.js';
import { runAttempt, stopCode } from './attempt.js';
import type { AttemptOutcome, LateOutcome } from './attempt.js';
import { HandlerContext } from './handler-context.js';
import { cancelledEnd, endOf, isRetryable, retryAfterMs } from './job-end.js';
import type { JobEnd } from './job-end.js';
import { JobHandedBackError } from './job.errors.js';
import { JobFaults } from './job.types.js';
import type { ExecutionPorts } from './job.types.js';
import { ProgressReporter } from './progress-reporter.js';
import { retryDelayMs } from './retry-schedule.js';

/** An attempt that did not succeed and that may be followed by another. */
type FailedAttempt = Extract<AttemptOutcome, { kind: 'threw' | 'deadline' }>;

/** The attempts of one job within one delivery. */
export class JobRun {
  private readonly progress: ProgressReporter;

  constructor(
    private readonly tool: CompiledTool,
    private readonly ports: ExecutionPorts,
    private readonly request: ToolCallRequested,
    traceparent: string | undefined,
  ) {
    this.progress = new ProgressReporter(ports, request, traceparent);
  }

  /**
   * Tries the handler until it returns, must not be tried again, or the job is stopped.
   *
   * @throws JobHandedBackError at a shutdown
   */
  async run(args: object, job: AbortSignal): Promise<JobEnd> {
    try {
      return await this.attempts(args, job);
    } finally {
      this.progress.close();
    }
  }

  private async attempts(args: object, job: AbortSignal): Promise<JobEnd> {
    const { retry, timeoutMs } = this.tool.definition;
    for (let attempt = 1; ; attempt += 1) {
      if (job.aborted) return this.stopped(job, attempt - 1);
      const outcome = await this.attempt(attempt, args, job);
      if (outcome.kind === 'stopped') return this.stopped(job, attempt);
      if (outcome.kind === 'returned' || attempt >= retry.attempts) return endOf(outcome, attempt, timeoutMs);
      if (outcome.kind === 'threw' && !isRetryable(outcome.error)) return endOf(outcome, attempt, timeoutMs);
      await this.backOff(attempt, outcome, job);
    }
  }

  private stopped(job: AbortSignal, attempts: number): JobEnd {
    const code = stopCode(job);
    if (code === 'shutdown') throw new JobHandedBackError();
    return cancelledEnd(code, attempts);
  }

  private async attempt(attempt: number, args: object, job: AbortSignal): Promise<AttemptOutcome> {
    const { clock, observer, log } = this.ports;
    const { timeoutMs } = this.tool.definition;
    let isOpen = true;
    observer.attempted(this.request.tool);
    const outcome = await runAttempt({
      clock,
      timeoutMs,
      job,
      run: (signal) => {
        const deadlineAt = clock.now() + timeoutMs;
        const { request, progress } = this;
        const context = {
          request,
          attempt,
          deadlineAt,
          signal,
          log,
          progress,
          isOpen: () => isOpen && !signal.aborted,
        };
        return this.tool.run(args, new HandlerContext(context));
      },
      onLate: (late) => {
        this.late(attempt, late);
      },
    });
    isOpen = false;
    return outcome;
  }

  private async backOff(attempt: number, outcome: FailedAttempt, job: AbortSignal): Promise<void> {
    const { clock, random, log } = this.ports;
    const { retry, timeoutMs } = this.tool.definition;
    const { tool, callId, toolCallId, requestedAt, watchdogMs } = this.request;
    const workLeftMs = (retry.attempts - attempt) * timeoutMs;
    const waitMs = retryDelayMs({
      policy: retry,
      attempt,
      retryAfterMs: outcome.kind === 'threw' ? retryAfterMs(outcome.error) : undefined,
      slackMs: requestedAt + watchdogMs - clock.now() - workLeftMs,
      random: random(),
    });
    const error = outcome.kind === 'threw' ? { error: outcome.error } : {};
    const fields = { tool, callId, toolCallId, attempt, ended: outcome.kind, waitMs, ...error };
    log.warn('an attempt of a tool call failed and is repeated', fields);
    await delay(clock, waitMs, job);
  }

  private late(attempt: number, outcome: LateOutcome): void {
    const { tool, callId, toolCallId } = this.request;
    this.ports.observer.fault(tool, JobFaults.LateHandler);
    const error = outcome.kind === 'threw' ? { error: outcome.error } : {};
    const fields = { tool, callId, toolCallId, attempt, ended: outcome.kind, ...error };
    this.ports.log.info('a handler ended after its attempt had been decided: let it heed call.signal', fields);
  }
}
