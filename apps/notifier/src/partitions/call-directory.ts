import { callToken } from '@interject/contracts';
import type { Admission, ClosedCall, UtteranceRecord } from '@interject/contracts';
import { RecentMap } from '@interject/observability';
import type { Clock } from '@interject/observability';
import { CallMachine } from '@interject/speech';
import type { CallAction, CallFact, CallInput, CallSnapshot, SpeechSettings } from '@interject/speech';
import type { SpeechSwitch } from '../mute/speech-switch.js';
import type { OwnerClock } from '../owner-clock.js';
import type { OpenCall } from './checkpoint-keeper.js';
import type { FloorMemory } from './floor-memory.js';
import { HeldBackCalls } from './held-back-calls.js';
import type { SendSlots } from './send-slots.js';
import type { SpeechGap } from './speech-gap.js';
import { earlier } from './unread-calls.js';
import type { CallStart } from './unread-calls.js';

interface Entry extends OpenCall {
  readonly machine: CallMachine;
  /** When it is to be asked again, the owner's clock. */
  wakeAt: number;
  timer: unknown;
  /** Holds a slot. */
  isSending: boolean;
}

/** A fact that was stored before this process came to own the call. */
export interface PastFact {
  readonly fact: CallFact;
  /** When it was stored, by the owner's clock. */
  readonly at: number;
}

export interface CallDirectoryParts {
  readonly clock: Clock;
  readonly ownerClock: OwnerClock;
  readonly settings: SpeechSettings;
  readonly floors: FloorMemory;
  readonly slots: SendSlots;
  readonly speechGap: SpeechGap;
  readonly speechSwitch: Pick<SpeechSwitch, 'isMuted'>;
  /** Whether ownership is certain enough to begin a speech. */
  readonly mayBegin: () => boolean;
  readonly run: (callId: string, actions: readonly CallAction[]) => void;
  /** A call is asked for that is not here: takes it up with {@link CallDirectory.adopt} if it is known. */
  readonly findUnread: (callId: string) => void;
  /** Sequence that the call events have been read to. */
  readonly nextCallEvent: () => number;
}

type Records = ReadonlyMap<string, UtteranceRecord>;

/** A timer of its own has only what is to happen within this time; the rest is looked through this often. */
const SWEEP_EVERY_MS = 10_000;
/** Ended calls whose straggling speech and status events are recognised as such. */
const REMEMBERED_ENDS = 10_000;

/** The calls of one partition, each with its machine and its timer. */
export class CallDirectory {
  private readonly calls = new Map<string, Entry>();
  private readonly ended = new RecentMap<string, true>(REMEMBERED_ENDS);
  /** Calls that are over, while that is being stored. */
  private readonly closings = new Map<string, OpenCall & ClosedCall>();
  private readonly heldBack: HeldBackCalls<Entry>;
  private readonly mayBegin = (): boolean => this.parts.mayBegin() && this.parts.slots.hasRoom;
  private isDraining = false;
  private sweepTimer: unknown;
  /** Floor events from before are lost. */
  floorSince = -Infinity;

  constructor(private readonly parts: CallDirectoryParts) {
    const { clock, slots } = parts;
    this.heldBack = new HeldBackCalls({
      clock,
      slots,
      mayBegin: this.mayBegin,
      ask: (entry) => {
        this.handle(entry, { kind: 'tick' });
      },
    });
  }

  get size(): number {
    return this.calls.size;
  }

  /** Utterances of all calls that are still to be said. */
  get waitingCount(): number {
    return [...this.calls.values()].reduce((sum, { machine }) => sum + machine.waitingCount, 0);
  }

  get isBusy(): boolean {
    for (const { machine } of this.calls.values()) if (machine.isBusy) return true;
    return false;
  }

  /** What a successor would have to know of. */
  *openCalls(): Generator<OpenCall> {
    yield* this.calls.values();
    yield* this.closings.values();
  }

  /** A new fact from a stream. @param begins where the call begins if it does so with this fact */
  take(fact: CallFact, begins: () => CallStart, records?: Records): void {
    const { callId } = fact.fact;
    if (fact.kind === 'floor') this.parts.speechGap.heard();
    let entry = this.find(callId);
    if (entry === undefined) {
      // A call that is not served has nothing pending.
      if (fact.kind === 'cancel-requested') return;
      const isStraggler = fact.kind === 'floor' || fact.kind === 'status' || fact.kind === 'ended';
      if (isStraggler && this.ended.has(callId)) return;
      entry = this.open(callId, begins(), records);
      this.carryOut(entry, entry.machine.goLive(this.parts.ownerClock.now()));
    }
    this.handle(entry, fact);
  }

  /** A call from before the take-over. @param facts in the order in which they were stored */
  adopt(callId: string, facts: readonly PastFact[], begins: CallStart, records?: Records): void {
    const known = this.calls.get(callId);
    if (known !== undefined) {
      for (const { fact } of facts) this.handle(known, fact);
      return;
    }
    const entry = this.open(callId, begins, records);
    for (const { fact, at } of facts) entry.machine.replay(fact, at);
    this.carryOut(entry, entry.machine.goLive(this.parts.ownerClock.now()));
  }

  /** The answer to an action; one for a call that is gone is of no use any more. */
  give(callId: string, input: CallInput): void {
    const entry = this.calls.get(callId);
    if (entry !== undefined) this.handle(entry, input);
  }

  /** The request of a POST is about to be written: is the moment for it still there? */
  mayWrite(callId: string, sendId: number): boolean {
    return this.calls.get(callId)?.machine.mayWrite(sendId, this.parts.ownerClock.now()) ?? false;
  }

  /** @returns undefined when the call is not known here */
  admit(callId: string, utteranceId: string): Admission | undefined {
    return this.find(callId)?.machine.admit(utteranceId, this.parts.ownerClock.now());
  }

  /** All that had to be stored of a call that is over is stored. @returns what to tell a successor */
  settled(callId: string): ClosedCall | undefined {
    const closing = this.closings.get(callId);
    this.closings.delete(callId);
    return closing === undefined ? undefined : { callToken: closing.callToken, before: closing.before };
  }

  /** A call that ended and was closed before this process came. */
  rememberEnd(callId: string): void {
    this.ended.set(callId, true);
  }

  /** Calls may speak again: each that waits for that is asked anew. */
  unmuted(): void {
    for (const entry of this.calls.values()) if (entry.machine.isSilenced) this.heldBack.add(entry);
  }

  drain(): void {
    this.isDraining = true;
    for (const { machine } of this.calls.values()) machine.drain();
  }

  /** Forgets everything; nothing is done any more. */
  clear(): void {
    this.parts.clock.clearTimeout(this.sweepTimer);
    this.heldBack.clear();
    for (const [callId, entry] of this.calls) {
      const { machine, timer } = entry;
      this.parts.clock.clearTimeout(timer);
      this.parts.slots.release(entry);
      this.parts.speechGap.note(entry, false);
      const floor = machine.floorState();
      if (floor !== undefined) this.parts.floors.keep(callId, floor);
    }
    this.calls.clear();
    this.closings.clear();
  }

  snapshot(callId: string): CallSnapshot | undefined {
    return this.find(callId)?.machine.snapshot(this.parts.ownerClock.now());
  }

  /** States of the newest calls, oldest first. */
  newest(count: number): readonly CallSnapshot[] {
    const now = this.parts.ownerClock.now();
    const entries = count === 0 ? [] : [...this.calls.values()].slice(-count);
    return entries.map(({ machine }) => machine.snapshot(now));
  }

  /** Its state, unless something is going on in it that the state does not tell. */
  carriable(callId: string): CallSnapshot | undefined {
    const machine = this.calls.get(callId)?.machine;
    return machine === undefined || machine.isPreparing ? undefined : machine.snapshot(this.parts.ownerClock.now());
  }

  /** Words of the newest report of each pending tool call, by its id. Private. */
  progress(callId: string): ReadonlyMap<string, string> {
    return this.find(callId)?.machine.progress() ?? new Map();
  }

  private find(callId: string): Entry | undefined {
    const entry = this.calls.get(callId);
    if (entry !== undefined) return entry;
    this.parts.findUnread(callId);
    return this.calls.get(callId);
  }

  private open(callId: string, { start, index }: CallStart, records?: Records): Entry {
    const { settings, floors, speechSwitch } = this.parts;
    const floor = floors.take(callId);
    const machine = new CallMachine(callId, settings, {
      mayBegin: this.mayBegin,
      isMuted: () => speechSwitch.isMuted(callId),
      floorSince: this.floorSince,
      ...(records === undefined ? {} : { recorded: records }),
      ...(floor === undefined ? {} : { floor }),
    });
    if (this.isDraining) machine.drain();
    const entry: Entry = {
      callId,
      machine,
      start,
      index,
      wakeAt: Infinity,
      timer: undefined,
      isSending: false,
    };
    this.calls.set(callId, entry);
    return entry;
  }

  private handle(entry: Entry, input: CallInput): void {
    this.carryOut(entry, entry.machine.handle(input, this.parts.ownerClock.now()));
  }

  private carryOut(entry: Entry, actions: readonly CallAction[]): void {
    if (actions.some((action) => action.kind === 'close')) {
      this.close(entry);
    } else {
      this.parts.speechGap.note(entry, entry.machine.isInProgress);
      this.schedule(entry);
      this.queue(entry);
    }
    if (actions.length > 0) this.parts.run(entry.callId, actions);
  }

  /** Keeps the call's place among those that send, or that wait until they may. */
  private queue(entry: Entry): void {
    const { machine } = entry;
    if (machine.isSending !== entry.isSending) {
      entry.isSending = machine.isSending;
      if (entry.isSending) this.parts.slots.take(entry);
      else this.parts.slots.release(entry);
    }
    if (machine.isHeldBack) this.heldBack.add(entry);
  }

  private close(entry: Entry): void {
    const { callId, machine, timer, start, index } = entry;
    this.parts.speechGap.note(entry, false);
    this.heldBack.remove(entry);
    this.parts.slots.release(entry);
    this.parts.clock.clearTimeout(timer);
    this.calls.delete(callId);
    const earlierOne = this.closings.get(callId);
    this.closings.set(callId, {
      callId,
      callToken: callToken(callId),
      before: this.parts.nextCallEvent(),
      start: earlierOne === undefined ? start : earlier(start, earlierOne.start),
      index: Math.min(index, earlierOne?.index ?? index),
    });
    if (!machine.isLive) this.rememberEnd(callId);
  }

  /** A timer that comes too early does no harm, and most times move on with each fact: it is armed anew only for earlier ones. */
  private schedule(entry: Entry): void {
    const { clock, ownerClock } = this.parts;
    const wakeAt = entry.machine.nextWakeAt();
    const isArmed = entry.timer !== undefined && entry.wakeAt <= wakeAt;
    if (isArmed) return;
    clock.clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.wakeAt = wakeAt;
    const delayMs = wakeAt - ownerClock.now();
    if (delayMs > SWEEP_EVERY_MS) {
      this.sweepTimer ??= clock.setTimeout(this.sweep, SWEEP_EVERY_MS);
      return;
    }
    entry.timer = clock.setTimeout(() => {
      entry.timer = undefined;
      if (this.calls.get(entry.callId) === entry) this.wake(entry);
    }, delayMs);
  }

  private wake(entry: Entry): void {
    const isDue = entry.machine.nextWakeAt() <= this.parts.ownerClock.now();
    if (isDue) this.handle(entry, { kind: 'tick' });
    else this.schedule(entry);
  }

  private readonly sweep = (): void => {
    this.sweepTimer = undefined;
    for (const entry of this.calls.values()) if (entry.timer === undefined) this.schedule(entry);
  };
}
