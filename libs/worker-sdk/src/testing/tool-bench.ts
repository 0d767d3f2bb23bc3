import { toolCallKey, watchdogMs } from '@interject/contracts';
import type {
  ToolCallCalledBack,
  ToolCallFinished,
  ToolCallOutcome,
  ToolCallRequested,
  ToolDefinition,
} from '@interject/contracts';
import { Log } from '@interject/observability';
import type { Clock, Tracer } from '@interject/observability';
import { VirtualClock } from '@interject/testing';
import { compileTools } from '../definition/compile-tools.js';
import type { JobSignal } from '../execution/job-signal.js';
import type { ExecutionPorts, JobDelivery, JobFault } from '../execution/job.types.js';
import type { StopCode } from '../execution/attempt.js';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import type { CompiledTool, ToolRegistration } from '../tool-source.types.js';
import type { Tool } from '../tool.types.js';
import { WorkerStartError } from '../worker-start.errors.js';
import { FakeCallbacks } from './fake-callbacks.js';
import { MemorySink } from './memory-sink.js';
import { registrationOf } from './registration-of.js';

/** A clock that moves when told to; the `VirtualClock` of @interject/testing fits. */
export interface DrivenClock extends Clock {
  advance(ms: number): Promise<void>;
  nextTimerAt(): number | undefined;
}

/** More than any tool call can need: 20 attempts with some timers each. */
const MAX_TURNS = 1000;

/** Replaces parts of a delivery. */
export interface DeliveryWishes extends Partial<Omit<JobDelivery, 'signal'>> {
  /** Fields of the tool call itself. */
  readonly request?: Partial<ToolCallRequested>;
}

/** How a backend calls back. */
export interface CallbackWishes {
  /** From now (ms), default at once. */
  readonly afterMs?: number;
  readonly outcome?: ToolCallCalledBack['outcome'];
  readonly toolCallId?: string;
}

/**
 * Runs one tool as a worker does - checks, attempts, deadline, words, result - with time and broker in the hands of the
 * test. The code under test is the real one; only its edges are memory.
 *
 * @example
 * const bench = ToolBench.of(new BuildReport(reports));
 * const result = await bench.run({ region: 'north' });
 * expect(result).toMatchObject({ outcome: 'succeeded', text: 'Your north report is ready.' });
 */
export class ToolBench {
  readonly sink = new MemorySink();
  readonly faults: JobFault[] = [];
  readonly outcomes: ToolCallOutcome[] = [];
  /** Returned by the next draws of chance, between 0 and 1. */
  random = 0.5;
  /** Happened before the job starts. */
  stoppedBefore: StopCode | undefined;
  /** How often the handler was tried. */
  attempts = 0;
  readonly tool: CompiledTool;
  private readonly callbacks = new FakeCallbacks();
  private shutdown = new AbortController();
  private readonly jobs = new Set<JobSignal>();
  private readonly execution: ToolCallExecution;

  /**
   * @param clock what the handler was given as its clock, if it has one
   * @param brokerTime the broker's clock; without it a gateway's is taken for this one
   * @param tracer default: tracing is off
   * @throws WorkerStartError when the tool is not fit to be run
   */
  constructor(
    registration: ToolRegistration,
    readonly clock: DrivenClock = new VirtualClock(),
    log: Log = Log.silent(),
    brokerTime?: ExecutionPorts['brokerTime'],
    tracer?: Tracer,
  ) {
    const { tools, problems } = compileTools([registration], 'bench');
    const [tool] = tools;
    if (tool === undefined) throw new WorkerStartError(problems);
    this.tool = tool;
    this.execution = new ToolCallExecution(tool, {
      clock,
      sink: this.sink,
      results: this.sink,
      callEnds: { watch: (_request, job) => this.watch(job) },
      observer: this.observer(),
      log,
      random: () => this.random,
      callbacks: this.callbacks,
      brokerTime,
      tracer,
    });
  }

  /**
   * A bench for an instance of a `@ToolHandler` class, with the options of its decorator.
   *
   * @throws WorkerStartError when the tool is not fit to be run, with the texts of a worker that starts
   */
  static of(handler: Tool<never>, clock: DrivenClock = new VirtualClock(), log: Log = Log.silent()): ToolBench {
    return new ToolBench(registrationOf(handler), clock, log);
  }

  /** As the gateway gets to know the tool. */
  get definition(): ToolDefinition {
    return this.tool.definition;
  }

  /** The first stored result, if there is one. */
  get result(): ToolCallFinished | undefined {
    return this.sink.results[0];
  }

  /** Texts of the progress reports that were passed on. */
  get progress(): readonly string[] {
    return this.sink.progress.map(({ text }) => text);
  }

  /** What the caller would be told, in order: progress and results that have words. */
  get said(): readonly string[] {
    return this.sink.words;
  }

  /** How many jobs were handed over to a backend that calls back. */
  get handedOver(): number {
    return this.sink.handOvers;
  }

  /** How many jobs run just now. */
  get running(): number {
    return this.execution.running;
  }

  /** Delivers a tool call; settles as the delivery does. */
  async ask(
    args: object,
    { request, deliveryCount = 1, headers = {}, ...delivery }: DeliveryWishes = {},
  ): Promise<void> {
    const call = this.request(args, request);
    await this.execution.handle(call, { ...delivery, deliveryCount, headers, signal: this.shutdown.signal });
  }

  /** Lets time pass until a call that was asked has ended; settles as it does. */
  async ended(call: Promise<void>): Promise<void> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    call.then(settle, settle);
    for (let turns = 0; turns < MAX_TURNS; turns += 1) {
      await this.clock.advance(0);
      if (isSettled) return call;
      const next = this.clock.nextTimerAt();
      if (next === undefined) throw new Error('The tool call waits for something that no timer will bring.');
      await this.clock.advance(next - this.clock.now());
    }
    throw new Error('The tool call does not end.');
  }

  /**
   * Delivers a tool call and lets time pass until it has ended.
   *
   * @returns the stored result
   * @throws JobHandedBackError when the process goes down before it ended: another replica would run it again
   */
  async run(args: object, wishes: DeliveryWishes = {}): Promise<ToolCallFinished> {
    await this.ended(this.ask(args, wishes));
    const { callId, toolCallId } = this.request(args, wishes.request);
    const result = this.sink.results.find((one) => one.callId === callId && one.toolCallId === toolCallId);
    if (result === undefined) throw new Error('The tool call ended without a result.');
    return result;
  }

  /** The backend calls back, now or in some time: what `call.callback()` waits for. */
  callBack(data?: unknown, { afterMs = 0, outcome = 'succeeded', toolCallId }: CallbackWishes = {}): void {
    const call = this.request({}, toolCallId === undefined ? {} : { toolCallId });
    const deliver = (): void => {
      const at = this.clock.now();
      this.callbacks.callBack({ callId: call.callId, toolCallId: call.toolCallId, tool: call.tool, outcome, data, at });
    };
    if (afterMs === 0) deliver();
    else this.clock.setTimeout(deliver, afterMs);
  }

  /** The call ended, or the tool call was cancelled. */
  stop(code: StopCode): void {
    for (const job of this.jobs) job.stop(code);
  }

  /** The process goes down and does not wait any longer; what is delivered from now on comes to the next one. */
  shutDown(): void {
    const { shutdown } = this;
    this.shutdown = new AbortController();
    shutdown.abort();
  }

  /** The key that the handler gets for a tool call of this bench. */
  idempotencyKey(wishes: Pick<DeliveryWishes, 'request'> = {}): string {
    const { callId, toolCallId } = this.request({}, wishes.request);
    return toolCallKey(callId, toolCallId);
  }

  private request(args: object, wishes: Partial<ToolCallRequested> = {}): ToolCallRequested {
    const { name, queueExpiryMs, onCallEnded } = this.tool.definition;
    return {
      callId: 'call-1',
      toolCallId: 'tool-call-1',
      tool: name,
      arguments: args as Record<string, unknown>,
      mode: 'async',
      requestedAt: this.clock.now(),
      graceMs: 0,
      queueExpiryMs,
      watchdogMs: watchdogMs(this.tool.definition),
      onCallEnded,
      ...wishes,
    };
  }

  private async watch(job: JobSignal): Promise<() => void> {
    if (this.stoppedBefore !== undefined) job.stop(this.stoppedBefore);
    this.jobs.add(job);
    return () => this.jobs.delete(job);
  }

  private observer() {
    return {
      started: () => undefined,
      attempted: () => {
        this.attempts += 1;
      },
      finished: (_tool: string, outcome: ToolCallOutcome) => {
        this.outcomes.push(outcome);
      },
      fault: (_tool: string, fault: JobFault) => {
        this.faults.push(fault);
      },
    };
  }
}
