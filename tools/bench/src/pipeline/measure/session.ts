import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@interject/testing';
import type { Flood, IntroduceAnswer, LoadAnswer, LoadAsk, LoadOptions } from '../load/load.types.js';
import { ChildProgram } from '../process/child-program.js';
import { processFigures } from '../process/process-figures.js';
import type { ProcessFigures } from '../process/process-figures.js';
import { Unwinding } from '../process/unwinding.js';
import type { SinkAsk, SinkCount, SinkTimes } from '../sink/sink.types.js';
import type { PipelineSystem, RunningSystem } from '../system.types.js';
import type { LoadFigures } from './figures.types.js';
import { timesOf } from './load-figures.js';
import type { Observed } from './load-figures.js';
import { openStage } from './stage.js';
import type { OpenStage, StageSettings } from './stage.js';

/** The floor of a call is idle after 1.2 s of silence (DESIGN section 5, `quietMs`); and the last updates have to arrive. */
const QUIET_MS = 2000;
/** What has not been POSTed so long after the last tool call does not come any more, or is far too late. */
const LATEST_MS = 20_000;
const IDLE_WINDOW_MS = 1500;
const IDLE_WINDOWS = 3;

type Figures = ReadonlyMap<string, ProcessFigures>;

export interface Phase {
  readonly seed: string;
  readonly rate: number;
  readonly seconds: number;
  /** Speech updates of other calls, a second, and of how many calls. */
  readonly flood?: Omit<Flood, 'from'>;
}

/** A running system under the load process, from its start to its end. */
export class Session {
  private introduced = 0;
  /** CPU without load by role, milliseconds a second. */
  idleCpu: Readonly<Record<string, number>> = {};

  private constructor(
    private readonly system: PipelineSystem,
    private readonly open: OpenStage,
    private readonly running: RunningSystem,
    private readonly load: ChildProgram,
    private readonly unwinding: Unwinding,
  ) {}

  /** @param run number of this run: calls of another have other ids */
  static async start(system: PipelineSystem, run: number, label: string, settings: StageSettings): Promise<Session> {
    const unwinding = new Unwinding();
    try {
      const open = await openStage(system, label, settings, unwinding);
      const running = await system.start(open.stage);
      unwinding.add(() => running.stop());
      const { webhookUrl, headers } = running;
      const options: LoadOptions = { run, webhookUrl, headers, sinkOrigin: open.stage.sinkOrigin };
      const script = fileURLToPath(new URL('../load/load.main.js', import.meta.url));
      const { program: load } = await ChildProgram.start('load', script, options);
      unwinding.add(() => load.stop());
      return new Session(system, open, running, load, unwinding);
    } catch (error) {
      await unwinding.run();
      throw error;
    }
  }

  /** Measures what the processes use while nothing happens: the least of some windows, because work may still trickle. */
  async measureIdle(): Promise<void> {
    await delay(this.system.settleMs + QUIET_MS);
    const windows: Readonly<Record<string, number>>[] = [];
    for (let count = 0; count < IDLE_WINDOWS; count += 1) {
      const before = await this.figures();
      const startedAt = performance.now();
      await delay(IDLE_WINDOW_MS);
      windows.push(cpuBetween(before, await this.figures(), (performance.now() - startedAt) / 1000));
    }
    this.idleCpu = leastOf(windows);
  }

  /** A stretch of load, and what was seen of it. Resolves when all is said, or does not come any more. */
  async observe(phase: Phase): Promise<Observed> {
    const from = await this.prepare(phase);
    return this.run(phase, from);
  }

  /** The same with what it cost. */
  async measure(phase: Phase): Promise<LoadFigures> {
    const from = await this.prepare(phase);
    const before = await this.figures();
    const startedAt = performance.now();
    const observed = await this.run(phase, from);
    await delay(this.system.settleMs);
    const after = await this.figures();
    const seconds = (performance.now() - startedAt) / 1000;
    const toolCalls = observed.load.dueAt.length;
    const perSecond = cpuBetween(before, after, seconds);
    const cpuUs = Object.entries(perSecond).map(([role, ms]) => {
      const own = Math.max(0, ms - (this.idleCpu[role] ?? 0)) * seconds;
      return [role, (own * 1000) / toolCalls] as const;
    });
    return {
      rate: phase.rate,
      ...timesOf(observed),
      cpuUs: Object.fromEntries(cpuUs),
      rssBytes: Object.fromEntries([...after].map(([role, { rssBytes }]) => [role, rssBytes])),
    };
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    await this.unwinding.run();
  }

  /** Makes the calls known that the phase needs. @returns the number of its first call */
  private async prepare({ rate, seconds, flood }: Phase): Promise<number> {
    const from = this.introduced;
    const count = Math.round(rate * seconds) + (flood?.calls ?? 0);
    this.introduced += count;
    if (this.system.remembersCalls) {
      const { failures } = await this.askLoad<IntroduceAnswer>({ kind: 'introduce', from, count });
      if (failures > 0)
        throw new Error(`${this.system.name} has refused ${String(failures)} webhooks before the load.`);
      await delay(QUIET_MS);
    }
    return from;
  }

  private async run({ seed, rate, seconds, flood }: Phase, from: number): Promise<Observed> {
    const count = Math.round(rate * seconds);
    const flooded = flood === undefined ? {} : { flood: { ...flood, from: from + count } };
    const saidBefore = (await this.askSink<SinkCount>({ kind: 'count' })).calls;
    const load = await this.askLoad<LoadAnswer>({ kind: 'tool-calls', from, seed, rate, seconds, ...flooded });
    const accepted = load.answeredAt.filter((at) => !Number.isNaN(at)).length;
    const isAllSaid = async (): Promise<boolean> =>
      (await this.askSink<SinkCount>({ kind: 'count' })).calls >= saidBefore + accepted;
    // What is missing then is in the figures.
    await eventually(isAllSaid, { timeoutMs: LATEST_MS, intervalMs: 100 }).catch(() => undefined);
    return { load, sink: await this.askSink<SinkTimes>({ kind: 'take', from, count }) };
  }

  private askLoad<T>(ask: LoadAsk): Promise<T> {
    return this.load.ask<T>(ask);
  }

  private askSink<T>(ask: SinkAsk): Promise<T> {
    return this.open.sink.ask<T>(ask);
  }

  private async figures(): Promise<Figures> {
    const { natsPid } = this.open;
    const roles = [...this.running.processes, ...(natsPid === undefined ? [] : ([['nats-server', natsPid]] as const))];
    return new Map(await Promise.all(roles.map(async ([role, pid]) => [role, await processFigures(pid)] as const)));
  }
}

/** @returns milliseconds of CPU a second, by role */
function cpuBetween(before: Figures, after: Figures, seconds: number): Record<string, number> {
  const used = [...after].map(
    ([role, { cpuMs }]) => [role, (cpuMs - (before.get(role)?.cpuMs ?? 0)) / seconds] as const,
  );
  return Object.fromEntries(used);
}

function leastOf(windows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const roles = Object.keys(windows[0] ?? {});
  return Object.fromEntries(
    roles.map((role) => [role, Math.min(...windows.map((window) => window[role] ?? Infinity))] as const),
  );
}
