import type { Dice } from './run/dice.js';
import type { Crowd } from './vapi/crowd.js';
import type { FaultSystem } from './system/fault-system.js';
import type { Account } from './account/account.types.js';

/*
 * How a fault is added
 *
 * 1. Write a `Fault` (below) in a file of `processes/` (what happens to our processes) or `environment/` (what happens
 *    around them), and put it into the list that this folder's `index.ts` exports (`PROCESS_FAULTS`, `ENVIRONMENT_FAULTS`).
 * 2. `npm run test:faults -- --only <name> --seeds 7` plays it. Faults that want the same ground (the same function), the
 *    same replicas and the same rate are acts of one series: one system, one load that never pauses, `inject` upon
 *    `inject`. Behind each of them everything that was under way at its last blow has to come to its end.
 * 3. `inject` does the harm while the load goes on. It takes every choice from `stage.dice`, tells each blow by
 *    `stage.strike(...)` (it starts the 5 s within which everything has to go on, and is a line of the timelines), and
 *    resolves when the system is whole again: the last thing it did must be undone or replaced.
 * 4. Nothing else is needed: loss, double speech and lateness are judged for every fault alike (account/judge.ts). Only what
 *    a fault makes legal is said in the fault: `bounds`, `complaints`. Its account has the tool calls of its own act alone.
 */

/** Services of which the system has several processes. */
export type ServiceKind = 'gateway' | 'worker' | 'notifier';
export type Replicas = Readonly<Record<ServiceKind, number>>;

/** A broker with JetStream: libs/testing's `NatsServer` is one, a cluster may be another. */
export interface Broker {
  readonly url: string;
  dispose(): Promise<void>;
}

/** What a fault wants to be so before the services start. */
export interface Ground {
  /** Instead of a fresh nats-server of one. */
  readonly broker?: () => Promise<Broker>;
  /**
   * Further variables of a process, which win over the usual ones: a libfaketime, the URL of a proxy. Asked at each start;
   * `index` counts the replicas of a service from 0 and stays with the replica when it is replaced.
   */
  readonly environment?: (service: ServiceKind, index: number, natsUrl: string) => Readonly<Record<string, string>>;
  /** Keys of the tools file by which both tools differ from the usual. */
  readonly tools?: Readonly<Record<string, unknown>>;
  /** After the services and the broker were stopped. */
  readonly dispose?: () => Promise<void>;
}

/** A blow: what was done to the system, and when. */
export interface Strike {
  /** Monotonic ms of the driver, as all times of the account. */
  readonly at: number;
  /** What was hit: a service, or what stands around them. */
  readonly target: ServiceKind | 'nats' | 'vapi' | 'network' | 'machine';
  /** E.g. `kill -9 of notifier 2`. */
  readonly title: string;
  /**
   * Until when nothing can go on: a sole process is away until its replacement is ready, a broker until it is up again.
   * The 5 s count from there; without one from `at`.
   */
  until?: number;
}

/** What `inject` works with. */
export interface FaultStage {
  /** The only source of choices: what it gives follows from the seed and the fault's name. */
  readonly dice: Dice;
  /** Processes and broker. `stage.system.nats` is the broker that the ground gave. */
  readonly system: FaultSystem;
  /** Vapi's side: `crowd.control.react = ...` and `crowd.webhooks.route = ...` make it fail. */
  readonly crowd: Crowd;
  /** Tells of a blow. Set `until` of what it returns when recovery could begin only later. */
  strike(target: Strike['target'], title: string): Strike;
  /** A line in the timelines that is no blow: something is back, something is ready. */
  note(text: string): void;
  sleep(ms: number): Promise<void>;
  /** Bounds of time are this much wider: 1 on a quiet machine (`--slack`). */
  readonly slack: number;
}

/** What a fault makes legal, over the usual judgement. */
export interface Bounds {
  /** Time within which what was pending goes on; 5000 by default. `undefined` in so many words: lateness is shown, not judged. */
  readonly goesOnWithinMs?: number | undefined;
  /** Tool calls that were never answered 200 are a failure, in spite of the sender's repeats. Default: they are shown. */
  readonly allAccepted?: boolean;
}

export interface Fault {
  /** Kebab case, unique: `kill-notifier`. */
  readonly name: string;
  /** One line for `--list`. */
  readonly about: string;
  /** Processes; what is left out is 2 gateways, 2 workers, 2 notifiers. */
  readonly replicas?: Partial<Replicas>;
  /** Load, where it differs from the usual one. */
  readonly callsPerSecond?: number;
  /** Part of `--short`: one of each kind. `npm test` plays `kill-each` alone. */
  readonly isShort?: boolean;
  /** Only with `--all` or `--only`: takes too long, or needs something that is not on every machine. */
  readonly isOptional?: boolean;
  /** It leaves the system other than it was: no act is played with it. */
  readonly isAlone?: boolean;
  /** Says why it cannot run here (a program is missing), or undefined. Checked before anything is started. */
  readonly obstacle?: () => string | undefined;
  readonly ground?: (dice: Dice) => Promise<Ground>;
  readonly inject: (stage: FaultStage) => Promise<void>;
  readonly bounds?: Bounds;
  /** Further things that must hold of the account; each text is a failure. */
  readonly complaints?: (account: Account, stage: FaultStage) => readonly string[] | Promise<readonly string[]>;
}
