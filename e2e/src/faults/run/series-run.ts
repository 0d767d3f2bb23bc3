import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account/account.types.js';
import { isSettled } from '../account/judge.js';
import { goesOnWithin } from '../account/bounds.js';
import { reckon } from '../account/reckoning.js';
import { StreamReadings } from '../account/stream-readings.js';
import type { Fault, Ground } from '../fault.types.js';
import { FaultSystem } from '../system/fault-system.js';
import { Crowd } from '../vapi/crowd.js';
import type { TrackedToolCall } from '../vapi/tracked-tool-call.js';
import { Act } from './act.js';
import { Dice } from './dice.js';
import { Pulse } from './pulse.js';
import type { Series } from './series.js';

export interface RunOptions {
  /** Bounds of time are this much wider. */
  readonly slack: number;
  /** Load behind each fault, at least; default {@link AFTER_MS}. */
  readonly afterMs: number | undefined;
  /** Instead of the fault's own or the usual rate. */
  readonly callsPerSecond: number | undefined;
}

/** One fault, played and judged. */
export interface RunResult {
  readonly fault: Fault;
  readonly seed: number;
  /** Names of the acts of its series up to it, to play it again. */
  readonly played: readonly string[];
  readonly account: Account;
  /** What must not be, beside what is wrong with single tool calls. */
  readonly complaints: readonly string[];
  readonly tookMs: number;
  /** Share of the time that the machine did not let the driver run. */
  readonly lostShare: number;
  /** What each process printed in the whole series, by its title. */
  readonly outputs: ReadonlyMap<string, string>;
}

const CALLS_PER_SECOND = 4;
/** Load before the first act. */
const CALM_MS = 2500;
const AFTER_MS = 1500;
/** What is not settled by then never will be: the longest bound, 15 s, and what a word of the end that never came costs. */
const SETTLED_WITHIN_MS = 40_000;
/** After everything is settled: a process that would speak again has the time to. */
const LISTENING_MS = 800;
const POLL_MS = 300;
/** A job and the wait for a right moment, of what an act leaves under way. */
const LONGEST_JOB_MS = 2500;

/** Plays the acts of a series under one load, on a system of its own, and draws up the account of each. */
export class SeriesRun {
  private readonly acts: Act[] = [];
  private readonly known = new Set<string>();
  private readonly dice: Dice;
  private readonly pulse = new Pulse();
  private readonly toEnd: (() => Promise<void>)[] = [];
  private isReadingAlong = false;
  private isEnded = false;
  private preparing: Promise<unknown> = Promise.resolve();
  private openedAt = Infinity;

  constructor(
    private readonly series: Series,
    private readonly options: RunOptions,
  ) {
    this.dice = new Dice(series.seed, series.faults[0]?.name ?? '');
  }

  /**
   * Resolves with the results of the acts that were played: all, or those up to the one that could not be done, which has
   * a complaint about that.
   *
   * @throws Error when the system could not be started
   */
  async play(): Promise<readonly RunResult[]> {
    const crowd = await Crowd.start(this.dice.for('crowd'));
    this.toEnd.push(() => crowd.stop());
    try {
      const system = await this.start(crowd);
      const readings = new StreamReadings(system.inspector);
      await this.load(system, crowd, readings);
      await this.settle(crowd, readings);
      const accounts = this.accounts(system, crowd, readings);
      await crowd.hangUp();
      for (const [index, act] of this.acts.entries()) await this.complain(act, accounts[index]);
      await crowd.stop();
      await system.stop();
      this.takeProblems(system, crowd);
      return this.results(system, accounts);
    } finally {
      await this.end();
    }
  }

  /** Ends every process it has started, at once, and those that it was about to start. */
  async end(): Promise<void> {
    this.isEnded = true;
    this.pulse.stop();
    this.isReadingAlong = false;
    // The services first: what is still sent to them is given up.
    for (const end of this.toEnd.splice(0).reverse()) await end();
    await this.preparing;
    for (const end of this.toEnd.splice(0).reverse()) await end();
  }

  private async start(crowd: Crowd): Promise<FaultSystem> {
    const [fault] = this.series.faults;
    const ground: Ground = (await fault?.ground?.(this.dice.for('ground'))) ?? {};
    this.toEnd.push(async () => ground.dispose?.());
    const { replicas } = this.series;
    const prepared = FaultSystem.prepare({ replicas, ground, controlOrigin: crowd.control.origin });
    this.preparing = prepared.then(
      (system) => this.toEnd.push(() => system.dispose()),
      () => undefined,
    );
    const system = await prepared;
    await this.preparing;
    if (this.isEnded) throw new Error('ended before it had begun');
    await system.start();
    crowd.webhooks.port = system.balancer.port;
    return system;
  }

  /** Calls before, through and after the acts. */
  private async load(system: FaultSystem, crowd: Crowd, readings: StreamReadings): Promise<void> {
    const { faults, seed } = this.series;
    this.openedAt = performance.now();
    crowd.open(this.options.callsPerSecond ?? faults[0]?.callsPerSecond ?? CALLS_PER_SECOND);
    const reading = this.readAlong(readings);
    await sleep(CALM_MS);
    for (const fault of faults) {
      const act = new Act(fault, seed, { system, crowd, slack: this.options.slack });
      const before = this.acts.at(-1);
      // What came before the first act belongs to it.
      if (before !== undefined) before.until = act.from = performance.now();
      this.acts.push(act);
      const isDone = await this.inject(act);
      await this.recover(act, crowd, readings);
      this.takeProblems(system, crowd);
      if (!isDone) break;
    }
    crowd.close();
    this.isReadingAlong = false;
    await reading;
  }

  private async inject(act: Act): Promise<boolean> {
    try {
      await act.fault.inject(act.stage);
      return true;
    } catch (error) {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      act.complaints.push(`could not be done: ${why}`);
      return false;
    }
  }

  /** The pause behind an act: until all that was under way at its last blow has its end, or is too late for it. */
  private async recover(act: Act, crowd: Crowd, readings: StreamReadings): Promise<void> {
    const blowAt = act.lastBlowAt ?? performance.now();
    const atLeast = performance.now() + (this.options.afterMs ?? AFTER_MS);
    const bound = goesOnWithin(act.bounds, this.options.slack, 'late');
    const atMost = blowAt + (Number.isFinite(bound) ? bound : SETTLED_WITHIN_MS) + LONGEST_JOB_MS;
    const isWaitedFor = ({ askedAt, ...seen }: TrackedToolCall): boolean =>
      askedAt <= blowAt && seen.isGivenUp !== true && !isOver(seen, readings);
    let waiting = crowd.toolCalls;
    do {
      await sleep(POLL_MS / 3);
      waiting = waiting.filter((seen) => isWaitedFor(seen));
    } while (performance.now() < atLeast || (waiting.length > 0 && performance.now() < atMost));
  }

  /** What is kept in memory alone is read before the server that holds it is ended. */
  private async readAlong(readings: StreamReadings): Promise<void> {
    this.isReadingAlong = true;
    while (this.isReadingAlong) {
      // Without a server there is nothing to read; what it keeps is read later.
      await readings.readOn().catch(() => undefined);
      await sleep(POLL_MS);
    }
  }

  /** Waits until nobody asks for anything any more, and every accepted tool call has its end. */
  private async settle(crowd: Crowd, readings: StreamReadings): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS * this.options.slack;
    const isEverythingSettled = (): boolean =>
      crowd.live.every(({ isAsking }) => !isAsking) &&
      crowd.toolCalls.every((seen) => seen.isGivenUp === true || isOver(seen, readings));
    do {
      await sleep(POLL_MS);
      await readings.readOn();
    } while (!isEverythingSettled() && performance.now() < deadline);
    await sleep(LISTENING_MS);
    await readings.readOn();
  }

  private accounts(system: FaultSystem, crowd: Crowd, readings: StreamReadings): readonly Account[] {
    const { acts, pulse } = this;
    const { slack } = this.options;
    return reckon({ acts, crowd, readings, backend: system.backend, slack, pulse });
  }

  private async complain({ complaints, fault, stage }: Act, account: Account | undefined): Promise<void> {
    if (account !== undefined) complaints.push(...((await fault.complaints?.(account, stage)) ?? []));
  }

  /** What is newly wrong is put down to the act that is played, or was played last. */
  private takeProblems(system: FaultSystem, crowd: Crowd): void {
    const act = this.acts.at(-1);
    for (const problem of [...crowd.problems, ...system.problems()]) {
      if (!this.known.has(problem)) act?.complaints.push(problem);
      this.known.add(problem);
    }
  }

  private results(system: FaultSystem, accounts: readonly Account[]): RunResult[] {
    const { seed } = this.series;
    const outputs = new Map(system.replicas.map(({ title, output }) => [title, output]));
    const now = performance.now();
    const names = this.acts.map(({ fault }) => fault.name);
    return this.acts.flatMap(({ fault, complaints, from, until }, index) => {
      const account = accounts[index];
      if (account === undefined) return [];
      const [begun, over] = [Math.max(from, this.openedAt), Math.min(until, now)];
      const lostShare = this.pulse.lostBetween(begun, over) / (over - begun);
      const played = names.slice(0, index + 1);
      return [{ fault, seed, played, account, complaints, tookMs: over - begun, lostShare, outputs }];
    });
  }
}

function isOver({ callId, toolCallId }: Pick<TrackedToolCall, 'callId' | 'toolCallId'>, readings: StreamReadings) {
  return isSettled(readings.get(callId, toolCallId));
}
