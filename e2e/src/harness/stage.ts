import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import type { CallStatusChanged, UtteranceBatch, UtteranceRecord, UtteranceUndelivered } from '@interject/contracts';
import { expectPassed } from './expect-passed.js';
import { InterjectSystem } from './interject-system.js';
import type { SystemOptions } from './interject-system.js';
import { RunEvidence } from './privacy/evidence.js';
import type { Played, PlayedCall, Playing, SimulatedEvent } from './simulator.js';

/** A scene under way, for those who meddle. */
export interface LiveScene {
  readonly system: InterjectSystem;
  readonly callId: string;
}

/** What a scene left behind. */
export interface EndedScene<T> {
  readonly system: InterjectSystem;
  readonly callId: string;
  readonly played: Played;
  readonly call: PlayedCall;
  /** What meddling gave. */
  readonly found: T;
}

interface Running {
  readonly playing: Playing;
  readonly found: Promise<unknown>;
}

const START_EVERY_MS = 30;
/** Utterances may still be settled after the end of the call. */
const SETTLED_WITHIN_MS = 15_000;

/**
 * One system on which all scenes of a suite are played at once, each in a call of its own; each is a test that waits for
 * its own scene. A suite takes as long as its longest scene.
 */
export class Stage {
  private readonly scenes = new Map<string, { scenario: object; meddle: (live: LiveScene) => Promise<unknown> }>();
  private readonly running = new Map<string, Running>();
  private current: InterjectSystem | undefined;

  /** @param evidence more of what is private in this suite */
  constructor(options: SystemOptions = {}, evidence = new RunEvidence()) {
    beforeAll(async () => {
      this.current = await InterjectSystem.start(options);
      for (const [title, { scenario, meddle }] of this.scenes) {
        this.start(this.current, title, scenario, meddle);
        // One after the other, lest dozens of calls ask for the processor at the same moment.
        await setTimeout(START_EVERY_MS);
      }
    }, 60_000);
    afterAll(async () => {
      await Promise.allSettled([...this.running.values()].flatMap(({ playing, found }) => [playing.played, found]));
      const codes = await this.current?.stop(evidence);
      const faulty = [...(codes ?? [])].filter(([, code]) => code !== 0);
      if (faulty.length > 0) throw new Error(`Did not end well: ${faulty.map((each) => each.join(' ')).join(', ')}`);
    }, 60_000);
  }

  /** @throws Error before it was started */
  get system(): InterjectSystem {
    if (this.current === undefined) throw new Error('The system is not started yet.');
    return this.current;
  }

  /** A test: the scenario must pass, and `check` must find no fault with what it left behind. */
  scene(title: string, scenario: object, check: (scene: EndedScene<undefined>) => Promise<void> | void): void {
    this.meddled(title, scenario, () => Promise.resolve(undefined), check);
  }

  /** The same with `meddle`, which does something while the call is on; what it gives is handed to `check`. */
  meddled<T>(
    title: string,
    scenario: object,
    meddle: (live: LiveScene) => Promise<T>,
    check: (scene: EndedScene<T>) => Promise<void> | void,
  ): void {
    this.scenes.set(title, { scenario: { name: title, ...scenario }, meddle });
    it(
      title,
      async () => {
        const running = this.running.get(title);
        const played = await running?.playing.played;
        const [call] = played?.calls ?? [];
        if (played === undefined || call === undefined) throw new Error('The scene was not played.');
        expectPassed(played);
        const found = (await running?.found) as T;
        try {
          await check({ system: this.system, callId: call.callId, played, call, found });
        } catch (error) {
          if (error instanceof Error) error.message += `\n${played.transcript}`;
          throw error;
        }
      },
      60_000,
    );
  }

  private start(
    system: InterjectSystem,
    title: string,
    scenario: object,
    meddle: (live: LiveScene) => Promise<unknown>,
  ): void {
    const playing = system.simulator.begin(scenario);
    // The simulator names a call when it is answered.
    const callId = 'ringMs' in scenario ? ringingCall(system) : playing.callId;
    const found = callId.then((id) => meddle({ system, callId: id }));
    found.catch(() => undefined);
    this.running.set(title, { playing, found });
  }
}

/** The only call that has ever rung. */
async function ringingCall(system: InterjectSystem): Promise<string> {
  return eventually(
    async () => {
      const events = await system.inspector.messages('CALL_EVENTS', /\.status$/);
      return events.map(({ data }) => data as CallStatusChanged).find(({ status }) => status === 'ringing')?.callId;
    },
    { intervalMs: 50 },
  );
}

/** All entries of the ledger about a call, in order. */
export async function recordsOf(system: InterjectSystem, callId: string): Promise<UtteranceRecord[]> {
  const batches = await system.inspector.messages('UTTERANCES');
  return batches.flatMap(({ data }) => (data as UtteranceBatch).records).filter((record) => record.callId === callId);
}

/** A history like `report: sending, interrupted, sending, heard`, for each utterance of a call. */
export interface History {
  readonly records: readonly UtteranceRecord[];
  readonly last: UtteranceRecord;
  /** States in order; one that is not final has a `~` behind it. Without what was put back before it was sent. */
  readonly states: string;
  /** The same with what was put back: `sending sending~`. */
  readonly allStates: string;
}

/** Waits until `count` utterances of a call have a final state. In the order in which they were first recorded. */
export async function histories(system: InterjectSystem, callId: string, count = 1): Promise<History[]> {
  return eventually(
    async () => {
      const byId = new Map<string, UtteranceRecord[]>();
      for (const record of await recordsOf(system, callId)) {
        byId.set(record.utteranceId, [...(byId.get(record.utteranceId) ?? []), record]);
      }
      const found = [...byId.values()].map(historyOf);
      const settled = found.filter(({ last }) => last.state !== 'sending' && last.final !== false);
      if (settled.length < count || settled.length < found.length) {
        throw new Error(`settled are ${String(settled.length)} of ${found.map(({ states }) => states).join(' | ')}`);
      }
      return found;
    },
    { timeoutMs: SETTLED_WITHIN_MS, intervalMs: 200 },
  );
}

function historyOf(records: UtteranceRecord[]): History {
  const last = records[records.length - 1];
  if (last === undefined) throw new Error('An utterance without records.');
  const allStates = records.map(({ state, final }) => (final === false ? `${state}~` : state)).join(' ');
  return { records, last, states: allStates.replaceAll('sending sending~ ', ''), allStates };
}

/** The only utterance of a call. @throws Error when there are others */
export async function historyIn(system: InterjectSystem, callId: string): Promise<History> {
  const [only, ...others] = await histories(system, callId);
  if (only === undefined || others.length > 0) throw new Error(`There are ${String(others.length + 1)} utterances.`);
  return only;
}

/** Events for those who follow up, of one call; waits for `count`. */
export async function undeliveredOf(
  system: InterjectSystem,
  callId: string,
  count = 1,
): Promise<UtteranceUndelivered[]> {
  return eventually(
    async () => {
      const events = await system.inspector.messages('CALL_EVENTS', /\.undelivered\./);
      const found = events.map(({ data }) => data as UtteranceUndelivered).filter((event) => event.callId === callId);
      return found.length >= count ? found : undefined;
    },
    { timeoutMs: SETTLED_WITHIN_MS, intervalMs: 200 },
  );
}

/** What happened in a simulated call, of one kind. */
export function eventsOf(call: PlayedCall, type: string): SimulatedEvent[] {
  return call.events.filter((event) => event.type === type);
}

/** The answer to a tool call, as Vapi reads it. */
export interface AnswerEntry {
  readonly id: string;
  readonly tool: string;
  readonly result?: string;
  readonly error?: string;
}

/** Every answer to a tool call, of each delivery and repeat, in the order in which they came. */
export function answersIn(call: PlayedCall): AnswerEntry[] {
  return eventsOf(call, 'webhook-answered').flatMap(({ entries }) => entries as AnswerEntry[]);
}

/** How often something was POSTed to the control URL. */
export function postsTo(call: PlayedCall): number {
  return eventsOf(call, 'control-received').length;
}
