import { setTimeout as delay } from 'node:timers/promises';
import type { BenchStage, RunningSystem } from '../system.types.js';
import { interjectSystem } from '../systems/interject.system.js';
import { LiveCalls } from './live-calls.js';
import { untilNotifier } from './notifier-state.js';
import type { NotifierState } from './notifier-state.js';
import { PendingTool } from './pending-tool.js';
import { untilQuiet } from './quiet.js';

/** Far from the calls of the load process. */
const FIRST_CALL = 10_000_000;
/** Long enough for the slowest step with the most calls on a busy machine. */
const STEP_LIMIT_MS = 900_000;

interface Place {
  readonly stage: BenchStage;
  readonly running: RunningSystem;
}

/** Many calls from their beginning to their end, step by step; each step has arrived at the notifier when it resolves. */
export class CallLives {
  private startedAt = Date.now();
  private othersBefore = 0;

  private constructor(
    private readonly place: Place,
    private readonly run: number,
    private readonly count: number,
    private readonly live: LiveCalls,
    private readonly tool: PendingTool,
  ) {}

  static async open(place: Place, run: number, count: number): Promise<CallLives> {
    const { stage, running } = place;
    const live = new LiveCalls(running.webhookUrl, running.headers, stage.sinkOrigin, run);
    return new CallLives(place, run, count, live, await PendingTool.offer(stage.natsUrl));
  }

  /** How many partitions the notifier has lost since its start. */
  async lostPartitions(): Promise<number> {
    return (await this.notifier(() => true)).lost;
  }

  /** Nothing that was sent before is still worked on. */
  async settle(): Promise<void> {
    await untilQuiet([...this.place.running.processes.values()], STEP_LIMIT_MS);
  }

  /** In progress, with a pending tool call each. @returns how many came to be known in a second */
  async begin(): Promise<number> {
    this.othersBefore = (await this.notifier(() => true)).liveCalls;
    this.startedAt = Date.now();
    await this.live.begin(FIRST_CALL, this.count);
    await this.areServed();
    const perSecond = (this.count * 1000) / (Date.now() - this.startedAt);
    await this.settle();
    return perSecond;
  }

  /** A full collection with many calls may take longer than a lease lasts: waits until all calls are served again. */
  async recover(): Promise<void> {
    await this.settle();
    await this.areServed();
    await this.settle();
  }

  /** Every result comes and is told, and it is recorded what became of that. */
  async finish(): Promise<void> {
    const before = await this.notifier(() => true);
    await this.tool.finish(this.run, FIRST_CALL, this.count, this.startedAt);
    await this.notifier(({ settled }) => settled >= before.settled + this.count);
    await delay(interjectSystem.settleMs);
  }

  async end(): Promise<void> {
    await this.endOthers(FIRST_CALL, this.count);
    await this.settle();
  }

  /** Ends calls that somebody else has begun and that were told their results. */
  async endOthers(from: number, count: number): Promise<void> {
    const before = await this.notifier(() => true);
    await this.live.end(from, count);
    await this.notifier(({ liveCalls }) => liveCalls <= before.liveCalls - count);
  }

  async close(): Promise<void> {
    await this.tool.close();
  }

  private async areServed(): Promise<void> {
    await this.notifier(({ liveCalls }) => liveCalls >= this.othersBefore + this.count);
  }

  private async notifier(isReached: (state: NotifierState) => boolean): Promise<NotifierState> {
    const url = this.place.running.metricsUrls?.get('notifier');
    if (url === undefined) throw new Error('The notifier shows no metrics.');
    return untilNotifier(url, isReached, STEP_LIMIT_MS);
  }
}
