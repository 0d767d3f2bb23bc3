import {
  CallEventNames,
  ErrorCodes,
  parse,
  Streams,
  ToolCallFinished,
  toolCallKey,
  ToolCallRequested,
} from '@interject/contracts';
import type { FieldProblem } from '@interject/contracts';
import type { CompiledTool, ValidatedArguments } from '../tool-source.types.js';
import { ToolLimits } from '../limits/tool-limits.js';
import type { WaitReason } from '../limits/wait-reasons.js';
import { askedAt } from './asked-at.js';
import { expiredEnd, failedJob } from './job-end.js';
import type { FailedJob, JobEnd } from './job-end.js';
import { JobRun } from './job-run.js';
import { JobRuns } from './job-runs.js';
import { JobSignal } from './job-signal.js';
import { beginJobSpan, endJobSpan, failJobSpan } from './job-span.js';
import type { ExecutionPorts, JobDelivery } from './job.types.js';
import { letterReason } from './letter-reason.js';
import { publishResult } from './publish-result.js';
import { resultEvent } from './result-event.js';
import { storedFact } from './stored-fact.js';

/** Runs beyond the tool's attempts before a job counts as one that kills its workers. */
const SPARE_RUNS = 2;
const MAX_FAILURE_MESSAGE = 1000;
/** The lease of a job is extended until its watchdog has answered, and this much longer: then it hangs. */
const LEASE_MARGIN_MS = 30_000;
/**
 * A job that is older may have run, whatever the broker counts: a lease runs out after 4 s, and the count begins anew with
 * a consumer that was lost.
 */
const SURELY_NEW_MS = 3000;

/** A tool call, its key, when it was asked for by this process's clock, and what is known of its runs. */
interface Asked {
  readonly request: ToolCallRequested;
  readonly key: string;
  readonly since: number;
  readonly runs: JobRuns;
  /** To send on with what the job publishes. */
  readonly traceparent: string | undefined;
  /** The same, only while tracing is on. */
  readonly spanOfJob: string | undefined;
}

interface Decision {
  readonly end: JobEnd;
  readonly args?: object;
}

/**
 * Runs the tool calls of one tool and stores exactly one result for each. Its promise resolves once the result is
 * stored (acknowledge), and rejects when the delivery must come again.
 */
export class ToolCallExecution {
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly limits: ToolLimits;

  constructor(
    private readonly tool: CompiledTool,
    private readonly ports: ExecutionPorts,
  ) {
    const { clock, observer, replicas } = ports;
    const { name } = tool.definition;
    this.limits = new ToolLimits(tool, {
      clock,
      replicas: () => replicas?.of(name) ?? 1,
      onWait: (reason) => observer.delayed?.(name, reason),
    });
  }

  /** How many jobs this replica works on just now, those that wait for a limit too. */
  get running(): number {
    return this.inFlight.size;
  }

  /** How many of them wait, and for what. */
  get waiting(): Readonly<Record<WaitReason, number>> {
    return this.limits.waiting;
  }

  /**
   * @param data of the message, as parsed from JSON
   * @throws ContractError when it is no tool call of this tool: poison
   * @throws JobHandedBackError at a shutdown; MessagingError when the result cannot be stored
   */
  async handle(data: unknown, delivery: JobDelivery): Promise<void> {
    const request = parse(ToolCallRequested, data);
    const key = toolCallKey(request.callId, request.toolCallId);
    // Delivered again while this process still works on it: its lease was lost while the broker was away.
    const running = this.inFlight.get(key);
    if (running !== undefined) return running;
    const job = this.execute(request, key, delivery).finally(() => {
      this.inFlight.delete(key);
    });
    this.inFlight.set(key, job);
    return job;
  }

  private async execute(request: ToolCallRequested, key: string, delivery: JobDelivery): Promise<void> {
    const { clock } = this.ports;
    const since = await askedAt(this.ports, request, delivery);
    delivery.holdFor?.(Math.max(0, since + request.watchdogMs - clock.now()) + LEASE_MARGIN_MS);
    const stored = this.mayHaveRun(since, delivery) ? await this.resultOf(request) : undefined;
    if (stored !== undefined) {
      // Its worker was lost before it could say so, or the watchdog has answered.
      this.keep(storedFact(ToolCallFinished, stored), delivery);
      return;
    }
    const startedAt = clock.now();
    const runs = await JobRuns.before(this.ports, request, delivery);
    const span = beginJobSpan(this.ports, { request, since, delivery, earlierRun: runs.earlierRun });
    const traceparent = span.traceparent ?? delivery.headers['traceparent'];
    runs.continueAs(traceparent);
    try {
      const asked: Asked = { request, key, since, runs, traceparent, spanOfJob: span.traceparent };
      const decision = await this.decide(asked, delivery);
      const result = await this.store(asked, decision, delivery);
      endJobSpan(span, result, clock.now());
      this.ports.observer.finished(request.tool, result.outcome, clock.now() - startedAt);
      this.keep(result, delivery);
    } catch (error) {
      failJobSpan(span, error, clock.now());
      throw error;
    }
  }

  /** What might have gone well later is kept for operators, who can have it run again. */
  private keep(result: ToolCallFinished | undefined, delivery: JobDelivery): void {
    const reason = result && letterReason(result);
    if (reason !== undefined) delivery.keepAsDeadLetter?.(reason);
  }

  private mayHaveRun(since: number, { deliveryCount }: JobDelivery): boolean {
    return deliveryCount > 1 || this.ports.clock.now() - since > SURELY_NEW_MS;
  }

  private async resultOf(request: ToolCallRequested): Promise<object | undefined> {
    const { results, sink } = this.ports;
    return results.last(Streams.CallEvents, sink.events.subjectOf(CallEventNames.Result, request));
  }

  private async decide(asked: Asked, delivery: JobDelivery): Promise<Decision> {
    const { request, key, since, runs } = asked;
    // A job that a worker was lost with had begun in time: it may run again as long as the watchdog waits for it.
    const patienceMs = delivery.deliveryCount > 1 ? request.watchdogMs : request.queueExpiryMs;
    const isLate = this.ports.clock.now() - since > patienceMs;
    const refusal = this.lost(runs) ?? (isLate ? expiredEnd(patienceMs) : undefined);
    if (refusal !== undefined) return { end: refusal };
    const validated = this.validate(request);
    if (!validated.valid) return { end: invalidArguments(validated.problems) };
    const { args } = validated;
    const job = new JobSignal(delivery.signal);
    const unwatch = await this.ports.callEnds.watch(request, job, since, key);
    const place = this.limits.place(request.callId, delivery);
    try {
      const { tool } = this;
      const mayHaveRun = this.mayHaveRun(since, delivery);
      const run = new JobRun(this.ports, { ...asked, tool, delivery, place, patienceMs, mayHaveRun });
      return { end: await run.run(args, job), args };
    } finally {
      place.leave();
      unwatch();
      job.close();
    }
  }

  private validate(request: ToolCallRequested): ValidatedArguments {
    try {
      return this.tool.validate(request.arguments);
    } catch (error) {
      // A decorator of the author's own that throws would otherwise bring the job back until it counts as lost.
      const { tool, callId, toolCallId } = request;
      this.ports.log.error('the check of arguments threw', { tool, callId, toolCallId, error });
      return { valid: false, problems: [{ field: '(root)', problem: 'could not be checked: a validator threw' }] };
    }
  }

  private lost({ count }: JobRuns): FailedJob | undefined {
    const { attempts } = this.tool.definition.retry;
    if (count < attempts + SPARE_RUNS) return undefined;
    const message = `Run ${String(count)} times without a result: its workers were lost while running it.`;
    return failedJob('failed', { code: ErrorCodes.WorkerLost, message, retryable: true }, count);
  }

  private async store(asked: Asked, decision: Decision, delivery: JobDelivery): Promise<ToolCallFinished> {
    try {
      return await this.publish(asked, decision, delivery);
    } catch (error) {
      if ((error as { readonly code?: unknown } | undefined)?.code !== 'payload-too-large') throw error;
      // The server allows less than we do: the caller gets the tool's words of failure instead of silence.
      const message = "The result is larger than the broker's max_payload: raise it, or return less.";
      const failure = { code: ErrorCodes.ResultTooLarge, message, retryable: false };
      const end = failedJob('failed', failure, decision.end.attempts);
      return this.publish(asked, { ...decision, end }, delivery);
    }
  }

  private async publish(
    { request, key, since, traceparent }: Asked,
    decision: Decision,
    delivery: JobDelivery,
  ): Promise<ToolCallFinished> {
    const { sink, log, observer, clock } = this.ports;
    const { tool, callId, toolCallId } = request;
    const result = resultEvent({ tool: this.tool, request, ...decision, at: clock.now() }, (fault, error) => {
      observer.fault(tool, fault);
      log.error('the words of a result could not be made, others are used', { tool, callId, toolCallId, fault, error });
    });
    if (decision.end.outcome !== 'succeeded') {
      const { outcome, attempts, error } = decision.end;
      const { code, message: reason } = decision.end.failure;
      log.warn('a tool call did not succeed', { tool, callId, toolCallId, outcome, attempts, code, reason, error });
    }
    await publishResult(this.ports, {
      event: sink.events.result(result, key),
      tool,
      traceparent,
      watchdogAt: since + request.watchdogMs,
      shutdown: delivery.signal,
    });
    return result;
  }
}

function invalidArguments(problems: readonly FieldProblem[]): FailedJob {
  const list = problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  const message = `The arguments do not fit: ${list}`.slice(0, MAX_FAILURE_MESSAGE);
  return failedJob('failed', { code: ErrorCodes.InvalidArguments, message, retryable: false }, 0);
}
