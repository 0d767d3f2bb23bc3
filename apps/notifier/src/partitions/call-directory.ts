import type { Admission, Checkpoint, UtteranceRecord } from '@interject/contracts';
import type { Clock } from '@interject/observability';
import { CallMachine } from '@interject/speech';
import type { CallAction, CallFact, CallInput, CallSnapshot, SpeechSettings } from '@interject/speech';
import type { FloorMemory } from './floor-memory.js';
import type { OwnerClock } from '../owner-clock.js';

interface Entry {
  readonly machine: CallMachine;
  /** No message of this call lies before these sequences. */
  readonly start: Checkpoint;
  /** True once something else was seen of it than speech, or a wish to cancel. */
  isReal: boolean;
  wakeAt: number;
  timer: unknown;
}

export interface CallDirectoryParts {
  readonly clock: Clock;
  readonly ownerClock: OwnerClock;
  readonly settings: SpeechSettings;
  readonly floors: FloorMemory;
  /** Whether ownership is certain enough to begin a speech. */
  readonly mayBegin: () => boolean;
  readonly run: (callId: string, actions: readonly CallAction[]) => void;
}

type Records = ReadonlyMap<string, UtteranceRecord>;

/** setTimeout takes no more. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** Ended calls whose straggling speech and status events are recognised as such. */
const REMEMBERED_ENDS = 10_000;

/** The calls of one partition, each with its machine and its timer. */
export class CallDirectory {
  private readonly calls = new Map<string, Entry>();
  private readonly ended = new Set<string>();
  private isLive = false;
  private isDraining = false;
  /** Floor events from before are lost. */
  floorSince = -Infinity;

  constructor(private readonly parts: CallDirectoryParts) {}

  get size(): number {
    return this.calls.size;
  }

  get isBusy(): boolean {
    for (const { machine } of this.calls.values()) {
      if (machine.isBusy) return true;
    }
    return false;
  }

  /** Where a successor has to begin: the start of the oldest call. Calls are in the order of their starts. */
  checkpoint(next: Checkpoint): Checkpoint {
    const [oldest] = this.calls.values();
    return oldest?.start ?? next;
  }

  /** A fact from a stream. @param next sequences that the streams have reached, for the checkpoint */
  take(fact: CallFact, storedAt: number, next: Checkpoint, records?: Records): void {
    const { callId } = fact.fact;
    const isSpeechOnly = fact.kind === 'floor';
    const isCancel = fact.kind === 'cancel-requested';
    let entry = this.calls.get(callId);
    if (entry === undefined) {
      // A call that is not served has nothing pending. In a replay its tool call may come later.
      if (isCancel && this.isLive) return;
      if (this.ended.has(callId) && (isSpeechOnly || fact.kind === 'status' || fact.kind === 'ended')) return;
      entry = this.open(callId, next, records);
    }
    entry.isReal ||= !isSpeechOnly && !isCancel;
    if (this.isLive) this.handle(callId, entry, fact);
    else entry.machine.replay(fact, storedAt);
  }

  /** The answer to an action; one for a call that is gone is of no use any more. */
  give(callId: string, input: CallInput): void {
    const entry = this.calls.get(callId);
    if (entry !== undefined) this.handle(callId, entry, input);
  }

  /** The replay has ended: from here on the machines' actions are carried out. */
  goLive(): void {
    this.isLive = true;
    for (const [callId, entry] of [...this.calls]) {
      // That alone: its call ended before the checkpoint.
      if (!entry.isReal) this.calls.delete(callId);
      else this.carryOut(callId, entry, entry.machine.goLive(this.parts.ownerClock.now()));
    }
  }

  /** The request of a POST is about to be written: is the moment for it still there? */
  mayWrite(callId: string, sendId: number): boolean {
    return this.calls.get(callId)?.machine.mayWrite(sendId, this.parts.ownerClock.now()) ?? false;
  }

  /** @returns undefined when the call is not known here */
  admit(callId: string, utteranceId: string): Admission | undefined {
    return this.calls.get(callId)?.machine.admit(utteranceId, this.parts.ownerClock.now());
  }

  drain(): void {
    this.isDraining = true;
    for (const { machine } of this.calls.values()) machine.drain();
  }

  /** Forgets everything; nothing is done any more. */
  clear(): void {
    for (const [callId, { machine, timer }] of this.calls) {
      this.parts.clock.clearTimeout(timer);
      const floor = machine.floorState();
      if (floor !== undefined) this.parts.floors.keep(callId, floor);
    }
    this.calls.clear();
  }

  snapshot(callId: string): CallSnapshot | undefined {
    return this.calls.get(callId)?.machine.snapshot(this.parts.ownerClock.now());
  }

  /** Words of the newest report of each pending tool call, by its id. Private. */
  progress(callId: string): ReadonlyMap<string, string> {
    return this.calls.get(callId)?.machine.progress() ?? new Map();
  }

  private open(callId: string, start: Checkpoint, records?: Records): Entry {
    const { settings, floors, mayBegin } = this.parts;
    const floor = floors.take(callId);
    const machine = new CallMachine(callId, settings, {
      mayBegin,
      floorSince: this.floorSince,
      ...(records === undefined ? {} : { recorded: records }),
      ...(floor === undefined ? {} : { floor }),
    });
    if (this.isDraining) machine.drain();
    const entry: Entry = { machine, start, isReal: false, wakeAt: Infinity, timer: undefined };
    this.calls.set(callId, entry);
    if (this.isLive) this.carryOut(callId, entry, machine.goLive(this.parts.ownerClock.now()));
    return entry;
  }

  private handle(callId: string, entry: Entry, input: CallInput): void {
    this.carryOut(callId, entry, entry.machine.handle(input, this.parts.ownerClock.now()));
  }

  private carryOut(callId: string, entry: Entry, actions: readonly CallAction[]): void {
    if (actions.some((action) => action.kind === 'close')) this.close(callId, entry);
    else this.schedule(callId, entry);
    if (actions.length > 0) this.parts.run(callId, actions);
  }

  private close(callId: string, entry: Entry): void {
    this.parts.clock.clearTimeout(entry.timer);
    this.calls.delete(callId);
    if (entry.machine.isLive) return;
    this.ended.add(callId);
    if (this.ended.size > REMEMBERED_ENDS) {
      const [first] = this.ended;
      if (first !== undefined) this.ended.delete(first);
    }
  }

  private schedule(callId: string, entry: Entry): void {
    const { clock, ownerClock } = this.parts;
    const wakeAt = entry.machine.nextWakeAt();
    if (wakeAt === entry.wakeAt) return;
    clock.clearTimeout(entry.timer);
    entry.wakeAt = wakeAt;
    entry.timer = undefined;
    if (wakeAt === Infinity) return;
    entry.timer = clock.setTimeout(
      () => {
        entry.wakeAt = Infinity;
        if (this.calls.get(callId) === entry) this.handle(callId, entry, { kind: 'tick' });
      },
      Math.min(wakeAt - ownerClock.now(), LONGEST_TIMER_MS),
    );
  }
}
