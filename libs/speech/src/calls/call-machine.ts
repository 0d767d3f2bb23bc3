import type { Admission, CallStatusChanged, CancelRequested, FloorChanged } from '@interject/contracts';
import { Floor } from '../speech/floor.js';
import type { FloorState } from '../speech/floor.js';
import { FORGET_CALL_MS } from '../speech/speech-settings.js';
import type { SpeechSettings } from '../speech/speech-settings.js';
import type { CallAction } from './call-actions.types.js';
import { CallClosing } from './call-closing.js';
import type { CallFact, CallInput } from './call-inputs.types.js';
import type { CallParts, RecordedUtterances } from './call-parts.types.js';
import { CallPresence } from './call-presence.js';
import type { CallSnapshot } from './call-snapshot.js';
import { CallSpeech } from './call-speech.js';
import type { CallMachineOptions } from './call-machine.options.js';
import { Company } from './company.js';
import { Outbox } from './outbox.js';
import { ToolCallBook } from './tool-call-book.js';

/** Facts of a replay, until it has ended. */
interface Replay {
  readonly facts: { readonly fact: CallFact; readonly at: number }[];
  readonly floorSince: number;
}

const NOTHING_RECORDED: RecordedUtterances = new Map();
const always = (): boolean => true;
const never = (): boolean => false;

/**
 * Everything that is decided about one call: facts and answers in, actions out. It does no I/O, and time is an argument
 * (milliseconds since the epoch, the owner's clock, which never goes back).
 *
 * It begins in replay: facts are kept, nothing is decided. {@link goLive} ends that.
 *
 * There are as many as live calls, and most of them wait: what only some calls need is made when it is needed.
 */
export class CallMachine {
  private readonly parts: CallParts;
  private readonly company: Company;
  private readonly mayBegin: () => boolean;
  private readonly isMuted: () => boolean;
  private speech: CallSpeech | undefined;
  private closing: CallClosing | undefined;
  private replayed: Replay | undefined;
  private mode: 'replaying' | 'live' | 'draining' = 'replaying';
  /** Sends were not allowed when it was decided last, and something may wait for them: to be asked again with a `tick`. */
  isHeldBack = false;
  /** The same while speech is switched off: to be asked again when it is switched on. */
  isSilenced = false;
  private lastFactAt = -Infinity;
  private decidedAt = -Infinity;

  constructor(callId: string, settings: SpeechSettings, options: CallMachineOptions = {}) {
    const { recorded = NOTHING_RECORDED, floor, floorSince = -Infinity, mayBegin = always, isMuted = never } = options;
    this.parts = {
      callId,
      settings,
      recorded,
      presence: new CallPresence(),
      book: new ToolCallBook(callId),
      floor: new Floor(settings),
      outbox: new Outbox(),
    };
    if (floor !== undefined) this.parts.floor.carryOver(floor);
    this.company = new Company(this.parts);
    this.mayBegin = mayBegin;
    this.isMuted = isMuted;
    this.replayed = { facts: [], floorSince };
  }

  get callId(): string {
    return this.parts.callId;
  }

  /** True while something is being said, or on its way. */
  get isBusy(): boolean {
    return this.speech?.desk.isBusy ?? false;
  }

  /** True from the decision to send something until its POST is answered. */
  get isSending(): boolean {
    return this.speech?.desk.isSending ?? false;
  }

  /** True while it is being found out whether a result is to be spoken. */
  get isPreparing(): boolean {
    return this.speech?.intake.isBusy ?? false;
  }

  /** True while somebody can hear us. */
  get isInProgress(): boolean {
    return this.parts.presence.isLive;
  }

  /** Utterances that are still to be said. */
  get waitingCount(): number {
    return this.speech?.row.waiting.length ?? 0;
  }

  /** True until the call's end is known. */
  get isLive(): boolean {
    return !this.parts.presence.isEnded;
  }

  /** A stored fact, during replay. @param at when it was stored */
  replay(fact: CallFact, at: number): void {
    this.replayed?.facts.push({ fact, at });
  }

  /** Ends the replay: from here on speech, not only facts. */
  goLive(now: number): CallAction[] {
    // A call may be found while everything is being drained.
    if (this.mode === 'replaying') this.mode = 'live';
    this.lastFactAt = now;
    const { facts, floorSince } = this.replayed ?? { facts: [], floorSince: -Infinity };
    this.replayed = undefined;
    const { floor } = this.parts;
    for (const { fact, at } of facts) this.take(fact, Math.min(at, now));
    floor.relearnClock();
    // Its floor was lost with the broker's memory.
    const isOlder = facts.some(({ at }) => at < floorSince);
    // Since then nobody has begun or ceased to speak in it, whoever watched.
    if (isOlder && !facts.some(({ fact }) => fact.kind === 'floor')) floor.unseenSince(Math.min(floorSince, now));
    return this.handle({ kind: 'tick' }, now);
  }

  /** What is known of the floor, for the machine that serves the call next in this process. */
  floorState(): FloorState | undefined {
    return this.parts.floor.state();
  }

  /** The request of a `post` action is about to be written. @returns false when the moment has passed: do not write it */
  mayWrite(sendId: number, now: number): boolean {
    return !this.isMuted() && (this.speech?.desk.mayWrite(sendId, now) ?? false);
  }

  /** May an announcement with this utterance id be published? Keeps a place for it for a while. */
  admit(utteranceId: string, now: number): Admission {
    if (this.speech === undefined && this.parts.presence.isEnded) return 'ended';
    return this.speaking().admit(utteranceId, now);
  }

  /** Nothing new is sent from here on; what is under way is followed to its end. */
  drain(): void {
    this.mode = 'draining';
  }

  /** @returns what is to be done, in this order */
  handle(input: CallInput, now: number): CallAction[] {
    this.take(input, now);
    this.decide(now);
    return this.parts.outbox.take();
  }

  /**
   * When {@link handle} wants a `tick` if nothing else comes first; Infinity: never. Measured from the last decision, not
   * from a clock: a moment that lies between that and now would be missed for ever.
   */
  nextWakeAt(): number {
    const now = this.decidedAt;
    let next = Infinity;
    const consider = (time: number): void => {
      if (time > now && time < next) next = time;
    };
    consider(this.parts.book.nextWatchdogAt());
    consider(this.lastFactAt + FORGET_CALL_MS);
    this.company.wakeTimes().forEach(consider);
    this.speech?.wakeTimes(now).forEach(consider);
    return next;
  }

  snapshot(now: number): CallSnapshot {
    const { callId, presence, floor, book } = this.parts;
    const { ended, status, liveSince } = presence;
    const isMuted = !presence.isEnded && this.isMuted();
    return {
      found: true,
      callId,
      status,
      ...(Number.isFinite(liveSince) ? { since: liveSince } : {}),
      ...(isMuted ? { isMuted } : {}),
      ...(ended?.endedReason === undefined ? {} : { endedReason: ended.endedReason }),
      ...(ended === undefined ? {} : { endedAt: ended.at }),
      floor: floor.holder(now),
      toolCalls: book.snapshot(),
      utterances: this.speech?.snapshot(now, isMuted) ?? [],
    };
  }

  /** Words of the newest report of each pending tool call, by its id. Private. */
  progress(): ReadonlyMap<string, string> {
    return this.parts.book.progress();
  }

  /** From the first utterance on. */
  private speaking(): CallSpeech {
    this.speech ??= new CallSpeech(this.parts);
    return this.speech;
  }

  private take(input: CallInput, now: number): void {
    switch (input.kind) {
      case 'tool-call':
      case 'result':
      case 'progress':
      case 'announcement':
      case 'cancel-requested':
      case 'status':
      case 'ended':
      case 'floor':
        this.lastFactAt = now;
        this.takeFact(input, now);
        return;
      default:
        // Only what is to be said leads to questions.
        this.speech?.answered(input, now);
    }
  }

  private takeFact(input: CallFact, now: number): void {
    const { presence, book } = this.parts;
    switch (input.kind) {
      case 'tool-call':
        presence.sign(now);
        book.requested(input.fact, now);
        return;
      case 'result':
        this.company.finished(input.fact.toolCallId);
        this.speaking().intake.result(input.fact, now);
        return;
      case 'progress':
        this.speaking().intake.progress(input.fact, now);
        return;
      case 'announcement':
        this.speaking().intake.announcement(input.fact, now);
        return;
      case 'cancel-requested':
        this.takeCancel(input.fact, now);
        return;
      case 'status':
        this.takeStatus(input.fact, now);
        return;
      case 'ended':
        presence.ending(now, input.fact);
        return;
      case 'floor':
        this.takeFloor(input.fact, now);
    }
  }

  /** Nobody wants to hear any more how a cancelled tool call moves on. */
  private takeCancel(fact: CancelRequested, now: number): void {
    const { book } = this.parts;
    book.cancelRequested(fact);
    if (book.isCancelled(fact.toolCallId)) this.speech?.row.dropProgressOf(fact.toolCallId, now);
  }

  private takeStatus(fact: CallStatusChanged, now: number): void {
    const { presence } = this.parts;
    this.company.learn(fact.limits);
    if (fact.status === 'ended') presence.ending(now);
    else presence.statusChanged(fact, now);
  }

  private takeFloor(event: FloorChanged, now: number): void {
    const { presence, floor } = this.parts;
    presence.spoke(event.at, now);
    const edge = floor.apply(event, now);
    if (edge !== undefined) this.speech?.desk.observe(edge, now);
  }

  private decide(now: number): void {
    const { book, outbox } = this.parts;
    this.decidedAt = now;
    this.speech?.prepare(now);
    for (const data of book.takeOverdue(now)) outbox.push({ kind: 'publish-result', data });
    this.decideSpeech(now);
    this.close(now);
  }

  private decideSpeech(now: number): void {
    const isMuted = this.isMuted();
    const mayBegin = !isMuted && this.mayBegin();
    const mayWait = !mayBegin && (this.speech?.row.hasOpen === true || this.parts.book.hasPending);
    this.isHeldBack = mayWait && !isMuted;
    this.isSilenced = mayWait && isMuted;
    const maySend = this.mode === 'live' && mayBegin;
    if (isMuted) this.speech?.row.mute();
    this.speech?.desk.decide(now, maySend, isMuted);
    if (!maySend) return;
    const fillers = this.company.due(this.speech?.isQuiet ?? true, now);
    if (fillers.length === 0) return;
    const speech = this.speaking();
    for (const filler of fillers) speech.intake.filler(filler, now);
    speech.intake.settleOrphans(now);
    speech.desk.decide(now, maySend);
  }

  private close(now: number): void {
    const isOver = this.parts.presence.isEnded;
    const isQuiet = now >= this.lastFactAt + FORGET_CALL_MS;
    if (!isOver && !isQuiet) return;
    this.closing ??= new CallClosing();
    const isDone = (this.speech?.isDone ?? true) && !this.parts.book.hasPending;
    const state = { isOver, isQuiet, isDone, isSpeechDone: !this.isBusy };
    for (const action of this.closing.decide(state, () => this.snapshot(now))) this.parts.outbox.push(action);
  }
}
