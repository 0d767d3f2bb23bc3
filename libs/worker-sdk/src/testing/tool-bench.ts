import { watchdogMs } from '@interject/contracts';
import type { ToolCallFinished, ToolCallOutcome, ToolCallRequested } from '@interject/contracts';
import { Log } from '@interject/observability';
import type { Clock } from '@interject/observability';
import { compileTools } from '../definition/compile-tools.js';
import type { JobSignal } from '../execution/job-signal.js';
import type { JobDelivery, JobFault } from '../execution/job.types.js';
import type { StopCode } from '../execution/attempt.js';
import { ToolCallExecution } from '../execution/tool-call-execution.js';
import type { CompiledTool, ToolRegistration } from '../tool-source.types.js';
import { WorkerStartError } from '../worker-start.errors.js';
import { MemorySink } from './memory-sink.js';

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

/**
 * Runs one tool as a worker does - checks, attempts, deadline, words, result - with time and broker in the hands of the
 * test. The code under test is the real one; only its edges are memory.
 *
 * @example
 * const bench = new ToolBench(handlerRegistration(options, new BuildReport(), 'BuildReport'), new VirtualClock());
 * await bench.run({ region: 'north' });
 * expect(bench.result?.text).toBe('Your north report is ready.');
 */
export class ToolBench {
  readonly sink = new MemorySink();
  readonly faults: JobFault[] = [];
  readonly outcomes: ToolCallOutcome[] = [];
  /** Returned by the next draws of chance, between 0 and 1. */
  random = 0.5;
  /** Happened before the job starts. */
  stoppedBefore: StopCode | undefined;
  attempts = 0;
  readonly tool: CompiledTool;
  private readonly shutdown = new AbortController();
  private readonly jobs = new Set<JobSignal>();
  private readonly execution: ToolCallExecution;

  /** @throws WorkerStartError when the tool is not fit to be run */
  constructor(
    registration: ToolRegistration,
    private readonly clock: DrivenClock,
    log: Log = Log.silent(),
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
    });
  }

  /** The stored result, if there is one. */
  get result(): ToolCallFinished | undefined {
    return this.sink.results[0];
  }

  /** How many jobs run just now. */
  get running(): number {
    return this.execution.running;
  }

  /** Delivers a tool call; settles as the delivery does. */
  async ask(args: object, { request, deliveryCount = 1, headers = {} }: DeliveryWishes = {}): Promise<void> {
    const { name, queueExpiryMs, onCallEnded } = this.tool.definition;
    const call: ToolCallRequested = {
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
      ...request,
    };
    await this.execution.handle(call, { deliveryCount, headers, signal: this.shutdown.signal });
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

  /** Delivers a tool call and lets time pass until it has ended. */
  async run(args: object, wishes: DeliveryWishes = {}): Promise<void> {
    await this.ended(this.ask(args, wishes));
  }

  /** The call ended, or the tool call was cancelled. */
  stop(code: StopCode): void {
    for (const job of this.jobs) job.stop(code);
  }

  /** The process goes down and does not wait any longer. */
  shutDown(): void {
    this.shutdown.abort();
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
