import { delay } from '@interject/observability';
import type { ToolCallRequested } from '@interject/contracts';
import { JobCallbacks } from '../callbacks/job-callbacks.js';
import type { JobPlace } from '../limits/job-place.js';
import type { TurnEnd } from '../limits/turn.js';
import type { CompiledTool } from '../tool-source.types.js';
import type { Callback } from '../tool.types.js';
import { runAttempt, stopCode } from './attempt.js';
import type { AttemptOutcome, LateOutcome } from './attempt.js';
import { HandlerContext } from './handler-context.js';
import { cancelledEnd, endOf, expiredEnd, isRetryable, overdueEnd, retryAfterMs } from './job-end.js';
import type { JobEnd } from './job-end.js';
import { JobHandedBackError } from './job.errors.js';
import type { JobRuns } from './job-runs.js';
import type { JobSignal } from './job-signal.js';
import { JobFaults } from './job.types.js';
import type { ExecutionPorts, JobDelivery } from './job.types.js';
import { ProgressReporter } from './progress-reporter.js';
import { retryDelayMs } from './retry-schedule.js';

/** An attempt that did not succeed and that may be followed by another. */
type FailedAttempt = Extract<AttemptOutcome, { kind: 'threw' | 'deadline' }>;

/** One job within one delivery. */
export interface Job {
  readonly tool: CompiledTool;
  readonly request: ToolCallRequested;
  /** When it was asked for, by this process's clock. */
  readonly since: number;
  readonly delivery: JobDelivery;
  /** Of this job, to send on with what it publishes. */
  readonly traceparent: string | undefined;
  /** The same while tracing is on: for the backends that it asks. */
  readonly spanOfJob: string | undefined;
  readonly place: JobPlace;
  readonly runs: JobRuns;
  /** It must have begun this long after the request (ms). */
  readonly patienceMs: number;
  /** A worker that was lost may have run it. */
  readonly mayHaveRun: boolean;
}

/** The attempts of one job within one delivery. */
export class JobRun {
  private readonly tool: CompiledTool;
  private readonly request: ToolCallRequested;
  private readonly progress: ProgressReporter;
  private readonly callbacks: JobCallbacks;

  constructor(
    private readonly ports: ExecutionPorts,
    private readonly job: Job,
  ) {
    const { tool, request, traceparent } = job;
    this.tool = tool;
    this.request = request;
    this.progress = new ProgressReporter(ports, request, traceparent);
    this.callbacks = new JobCallbacks(ports, { request, traceparent });
  }

  /**
   * Waits for the limits of its tool, and tries the handler until it returns, must not be tried again, or the job is
   * stopped.
   *
   * @throws JobHandedBackError at a shutdown; MessagingError when it cannot be stored that the job runs again
   */
  async run(args: object, job: JobSignal): Promise<JobEnd> {
    try {
      return await this.attempts(args, job);
    } catch (error) {
      if (error instanceof JobHandedBackError) await this.job.runs.handBack();
      throw error;
    } finally {
      this.progress.close();
    }
  }

  private async attempts(args: object, job: JobSignal): Promise<JobEnd> {
    const { retry, timeoutMs } = this.tool.definition;
    let failed: FailedAttempt | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const end = await this.turn(attempt, job);
      if (end === 'stopped' || job.aborted) return this.stopped(job, attempt - 1);
      if (end === 'late') return failed === undefined ? this.expired() : endOf(failed, attempt - 1, timeoutMs);
      if (attempt === 1) await this.job.runs.begin();
      const outcome = await this.attempt(attempt, args, job);
      if (outcome.kind === 'stopped') return this.stopped(job, attempt);
      if (outcome.kind === 'deadline' && this.callbacks.isHandedOver) return overdueEnd(attempt, timeoutMs);
      if (outcome.kind === 'returned' || attempt >= retry.attempts) return endOf(outcome, attempt, timeoutMs);
      if (outcome.kind === 'threw' && !isRetryable(outcome.error)) return endOf(outcome, attempt, timeoutMs);
      failed = outcome;
      await this.backOff(attempt, outcome, job);
    }
  }

  /** A job that has not begun is left to another replica when this one stops, instead of waiting on until it must. */
  private async turn(attempt: number, job: JobSignal): Promise<TurnEnd> {
    const { place, delivery, patienceMs, since } = this.job;
    if (attempt > 1) {
      // Started later, it would end when the watchdog has answered.
      const until = since + this.request.watchdogMs - this.tool.definition.timeoutMs;
      return place.start({ until, signals: [job] });
    }
    const signals = delivery.draining === undefined ? [job] : [job, delivery.draining];
    const patience = { until: since + patienceMs, signals };
    const end = await place.enter(patience);
    return end === 'granted' ? place.start(patience) : end;
  }

  private expired(): JobEnd {
    return expiredEnd(this.job.patienceMs, this.job.place.waitedFor);
  }

  private stopped(job: JobSignal, attempts: number): JobEnd {
    const code = stopCode(job);
    if (code === 'shutdown') throw new JobHandedBackError();
    return cancelledEnd(code, attempts);
  }

  private async attempt(attempt: number, args: object, job: JobSignal): Promise<AttemptOutcome> {
    const { clock, observer, log } = this.ports;
    const { timeoutMs } = this.tool.definition;
    observer.attempted(this.request.tool);
    if (attempt === 1) observer.started(this.request.tool, Math.max(0, clock.now() - this.job.since));
    return runAttempt({
      clock,
      timeoutMs,
      job,
      run: (running) => {
        const deadlineAt = clock.now() + timeoutMs;
        const { request, progress } = this;
        const callback = (): Promise<Callback> => this.callbacks.open(this.job.mayHaveRun || attempt > 1, running.over);
        const { spanOfJob: traceparent } = this.job;
        const context = { request, attempt, deadlineAt, running, log, progress, callback, traceparent };
        return this.tool.run(args, new HandlerContext(context));
      },
      onLate: (late) => {
        this.late(attempt, late);
      },
    });
  }

  private async backOff(attempt: number, outcome: FailedAttempt, job: JobSignal): Promise<void> {
    const { clock, random, log } = this.ports;
    const { retry, timeoutMs } = this.tool.definition;
    const { tool, callId, toolCallId, watchdogMs } = this.request;
    const workLeftMs = (retry.attempts - attempt) * timeoutMs;
    const waitMs = retryDelayMs({
      policy: retry,
      attempt,
      retryAfterMs: outcome.kind === 'threw' ? retryAfterMs(outcome.error) : undefined,
      slackMs: this.job.since + watchdogMs - clock.now() - workLeftMs,
      random: random(),
    });
    const error = outcome.kind === 'threw' ? { error: outcome.error } : {};
    const fields = { tool, callId, toolCallId, attempt, ended: outcome.kind, waitMs, ...error };
    log.warn('an attempt of a tool call failed and is repeated', fields);
    await delay(clock, waitMs, job.signal);
  }

  private late(attempt: number, outcome: LateOutcome): void {
    const { tool, callId, toolCallId } = this.request;
    this.ports.observer.fault(tool, JobFaults.LateHandler);
    const error = outcome.kind === 'threw' ? { error: outcome.error } : {};
    const fields = { tool, callId, toolCallId, attempt, ended: outcome.kind, ...error };
    this.ports.log.info('a handler ended after its attempt had been decided: let it heed call.signal', fields);
  }
}
