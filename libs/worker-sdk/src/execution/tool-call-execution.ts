import { ErrorCodes, parse, Streams, toolCallKey, ToolCallRequested } from '@interject/contracts';
import type { FieldProblem } from '@interject/contracts';
import type { CompiledTool, ValidatedArguments } from '../tool-source.types.js';
import { failedJob } from './job-end.js';
import type { FailedJob, JobEnd } from './job-end.js';
import { JobRun } from './job-run.js';
import { JobSignal } from './job-signal.js';
import type { ExecutionPorts, JobDelivery } from './job.types.js';
import { publishResult } from './publish-result.js';
import { resultEvent } from './result-event.js';

/** Deliveries beyond the tool's attempts before a job counts as one that kills its workers. */
const SPARE_DELIVERIES = 2;
const MAX_FAILURE_MESSAGE = 1000;

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

  constructor(
    private readonly tool: CompiledTool,
    private readonly ports: ExecutionPorts,
  ) {}

  /** How many jobs run just now. */
  get running(): number {
    return this.inFlight.size;
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
    const job = this.execute(request, delivery).finally(() => {
      this.inFlight.delete(key);
    });
    this.inFlight.set(key, job);
    return job;
  }

  private async execute(request: ToolCallRequested, delivery: JobDelivery): Promise<void> {
    if (delivery.deliveryCount > 1 && (await this.hasResult(request))) return;
    const startedAt = this.ports.clock.now();
    this.ports.observer.started(request.tool, Math.max(0, startedAt - request.requestedAt));
    const decision = await this.decide(request, delivery);
    const outcome = await this.store(request, decision, delivery);
    this.ports.observer.finished(request.tool, outcome, this.ports.clock.now() - startedAt);
  }

  private async hasResult(request: ToolCallRequested): Promise<boolean> {
    const { results, sink } = this.ports;
    const { subject } = sink.events.result({ ...request, outcome: 'failed', attempts: 0, at: 0 });
    return (await results.last(Streams.CallEvents, subject)) !== undefined;
  }

  private async decide(request: ToolCallRequested, delivery: JobDelivery): Promise<Decision> {
    const refusal = this.lost(delivery) ?? this.expired(request, delivery);
    if (refusal !== undefined) return { end: refusal };
    const validated = this.validate(request);
    if (!validated.valid) return { end: invalidArguments(validated.problems) };
    const { args } = validated;
    const job = new JobSignal(delivery.signal);
    const unwatch = await this.ports.callEnds.watch(request, job);
    try {
      const run = new JobRun(this.tool, this.ports, request, delivery.headers['traceparent']);
      return { end: await run.run(args, job.signal), args };
    } finally {
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

  private lost({ deliveryCount }: JobDelivery): FailedJob | undefined {
    const { attempts } = this.tool.definition.retry;
    if (deliveryCount <= attempts + SPARE_DELIVERIES) return undefined;
    const message = `Delivered ${String(deliveryCount)} times without a result: its workers were lost while running it.`;
    return failedJob('failed', { code: ErrorCodes.WorkerLost, message, retryable: true }, deliveryCount - 1);
  }

  /** A job that a worker was lost with had begun in time: it may run again as long as the watchdog waits for it. */
  private expired(request: ToolCallRequested, { deliveryCount }: JobDelivery): FailedJob | undefined {
    const patienceMs = deliveryCount > 1 ? request.watchdogMs : request.queueExpiryMs;
    if (this.ports.clock.now() - request.requestedAt <= patienceMs) return undefined;
    const message = `No worker was free within ${String(patienceMs)} ms: run more replicas, or raise the concurrency.`;
    return failedJob('expired', { code: ErrorCodes.QueueExpired, message, retryable: true }, 0);
  }

  private async store(request: ToolCallRequested, decision: Decision, delivery: JobDelivery) {
    try {
      return await this.publish(request, decision, delivery);
    } catch (error) {
      if ((error as { readonly code?: unknown } | undefined)?.code !== 'payload-too-large') throw error;
      // The server allows less than we do: the caller gets the tool's words of failure instead of silence.
      const message = "The result is larger than the broker's max_payload: raise it, or return less.";
      const failure = { code: ErrorCodes.ResultTooLarge, message, retryable: false };
      const end = failedJob('failed', failure, decision.end.attempts);
      return this.publish(request, { ...decision, end }, delivery);
    }
  }

  private async publish(request: ToolCallRequested, decision: Decision, delivery: JobDelivery) {
    const { sink, log, observer, clock } = this.ports;
    const { tool, callId, toolCallId, requestedAt, watchdogMs } = request;
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
      event: sink.events.result(result),
      tool,
      traceparent: delivery.headers['traceparent'],
      watchdogAt: requestedAt + watchdogMs,
      shutdown: delivery.signal,
    });
    return result.outcome;
  }
}

function invalidArguments(problems: readonly FieldProblem[]): FailedJob {
  const list = problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  const message = `The arguments do not fit: ${list}`.slice(0, MAX_FAILURE_MESSAGE);
  return failedJob('failed', { code: ErrorCodes.InvalidArguments, message, retryable: false }, 0);
}
