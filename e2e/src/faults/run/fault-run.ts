import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, Sighting } from '../account/account.types.js';
import { isSettled } from '../account/judge.js';
import { reckon } from '../account/reckoning.js';
import { StreamReadings } from '../account/stream-readings.js';
import type { Fault, FaultStage, Ground, Replicas, Strike } from '../fault.types.js';
import { FaultSystem } from '../system/fault-system.js';
import { Crowd } from '../vapi/crowd.js';
import { Dice } from './dice.js';
import { Pulse } from './pulse.js';

export interface RunOptions {
  readonly seed: number;
  /** Bounds of time are this much wider. */
  readonly slack: number;
  /** Load behind the fault, instead of what it says. */
  readonly afterMs: number | undefined;
  /** Instead of the fault's own or the usual rate. */
  readonly callsPerSecond: number | undefined;
}

export interface RunResult {
  readonly fault: Fault;
  readonly seed: number;
  readonly account: Account;
  /** What must not be, beside what is wrong with single tool calls. */
  readonly complaints: readonly string[];
  readonly tookMs: number;
  /** Share of the time that the machine did not let the driver run. */
  readonly lostShare: number;
  /** What each process printed, by its title. */
  readonly outputs: ReadonlyMap<string, string>;
}

const REPLICAS: Replicas = { gateway: 2, worker: 2, notifier: 2 };
const CALLS_PER_SECOND = 8;
const CALM_MS = 2500;
const AFTER_MS = 3000;
/** What is not settled by then never will be: a word of the assistant's end that never came is missed for 30 s. */
const SETTLED_WITHIN_MS = 40_000;
/** After everything is settled: a process that would speak again has the time to. */
const LISTENING_MS = 800;
/** The hang-ups of the end have to be recorded before what they meet is read. */
const POLL_MS = 300;

/** Plays one fault under load, with everything for itself, and draws up the account. */
export class FaultRun {
  private readonly strikes: Strike[] = [];
  private readonly notes: Sighting[] = [];
  private readonly dice: Dice;
  private readonly pulse = new Pulse();
  private readonly toEnd: (() => Promise<void>)[] = [];

  constructor(
    private readonly fault: Fault,
    private readonly options: RunOptions,
  ) {
    this.dice = new Dice(options.seed, fault.name);
  }

  /** @throws Error when the system could not be started, or the fault could not be done */
  async play(): Promise<RunResult> {
    const { fault, options } = this;
    const started = performance.now();
    const crowd = await Crowd.start(this.dice.for('crowd'));
    this.toEnd.push(() => crowd.stop());
    try {
      const system = await this.start(crowd);
      const stage = this.stage(system, crowd);
      await this.load(stage);
      const { account, complaints } = await this.settle(stage);
      await crowd.stop();
      await system.stop();
      complaints.push(...crowd.problems, ...system.problems());
      const outputs = new Map(system.replicas.map(({ title, output }) => [title, output]));
      const { lostShare } = this.pulse;
      const tookMs = performance.now() - started;
      return { fault, seed: options.seed, account, complaints, tookMs, lostShare, outputs };
    } finally {
      await this.end();
    }
  }

  /** Ends every process it has started, at once. */
  async end(): Promise<void> {
    this.pulse.stop();
    // The services first: what is still sent to them is given up.
    for (const end of this.toEnd.splice(0).reverse()) await end();
  }

  private async start(crowd: Crowd): Promise<FaultSystem> {
    const { fault } = this;
    const ground: Ground = (await fault.ground?.(this.dice.for('ground'))) ?? {};
    const replicas = { ...REPLICAS, ...fault.replicas };
    this.toEnd.push(async () => ground.dispose?.());
    const system = await FaultSystem.prepare({ replicas, ground, controlOrigin: crowd.control.origin });
    this.toEnd.push(() => system.dispose());
    await system.start();
    crowd.webhooks.port = system.balancer.port;
    return system;
  }

  /** Calls before, through and after the fault. */
  private async load(stage: FaultStage): Promise<void> {
    const { fault, options } = this;
    stage.crowd.open(options.callsPerSecond ?? fault.callsPerSecond ?? CALLS_PER_SECOND);
    await sleep(fault.calmMs ?? CALM_MS);
    await fault.inject(stage);
    await sleep(options.afterMs ?? fault.afterMs ?? AFTER_MS);
    stage.crowd.close();
  }

  /** Waits until every accepted tool call has its end, hangs up, and reads the account. */
  private async settle(stage: FaultStage): Promise<{ account: Account; complaints: string[] }> {
    const { crowd, system, slack } = stage;
    const { fault } = this;
    const readings = new StreamReadings(system.inspector);
    const isEverythingSettled = (): boolean =>
      crowd.toolCalls.every(
        ({ acceptedAt, callId, toolCallId }) => acceptedAt !== undefined && isSettled(readings.get(callId, toolCallId)),
      );
    const deadline = performance.now() + SETTLED_WITHIN_MS * slack;
    do {
      await sleep(POLL_MS);
      await readings.readOn();
    } while (!isEverythingSettled() && performance.now() < deadline);
    await sleep(LISTENING_MS);
    await readings.readOn();
    const { strikes, notes } = this;
    const account = reckon({
      crowd,
      readings,
      backend: system.backend,
      strikes,
      notes,
      bounds: fault.bounds,
      slack,
      pulse: this.pulse,
    });
    await crowd.hangUp();
    const complaints = [...((await fault.complaints?.(account, stage)) ?? [])];
    return { account, complaints };
  }

  private stage(system: FaultSystem, crowd: Crowd): FaultStage {
    return {
      dice: this.dice.for('fault'),
      system,
      crowd,
      slack: this.options.slack,
      strike: (target, title) => {
        const strike: Strike = { at: performance.now(), target, title };
        this.strikes.push(strike);
        return strike;
      },
      note: (what) => {
        this.notes.push({ at: performance.now(), what: `--- ${what}` });
      },
      sleep: (ms) => sleep(ms),
    };
  }
}
