import type { Admission, CallEnded, CallStatusChanged, FloorChanged, UtteranceRecord } from '@interject/contracts';
import { Floor } from '../speech/floor.js';
import type { FloorState } from '../speech/floor.js';
import { SpeechDesk } from '../speech/speech-desk.js';
import { SpeechLedger } from '../speech/speech-ledger.js';
import { FORGET_CALL_MS } from '../speech/speech-settings.js';
import type { SpeechSettings } from '../speech/speech-settings.js';
import { UtteranceRow } from '../speech/utterance-row.js';
import type { CallAction } from './call-actions.types.js';
import type { CallAnswer, CallFact, CallInput } from './call-inputs.types.js';
import { CallClosing } from './call-closing.js';
import { CallPresence } from './call-presence.js';
import { snapshotOfUtterance } from './call-snapshot.js';
import type { CallSnapshot } from './call-snapshot.js';
import { Company } from './company.js';
import { ToolCallBook } from './tool-call-book.js';
import { UtteranceIntake } from './utterance-intake.js';

export interface CallMachineOptions {
  /** Last entry of the ledger for each of the call's utterances, after a change of owner. */
  readonly recorded?: ReadonlyMap<string, UtteranceRecord>;
  /** What this process knew of the floor before it lost the call for a while. */
  readonly floor?: FloorState;
  /** Floor events from before this time are not there any more, milliseconds since the epoch; default: all are. */
  readonly floorSince?: number;
  /** Whether ownership is certain enough to begin a speech; asked before each. */
  readonly mayBegin?: () => boolean;
}

/**
 * Everything that is decided about one call: facts and answers in, actions out. It does no I/O, and time is an argument
 * (milliseconds since the epoch, the owner's clock, which never goes back).
 *
 * It begins in replay: facts are kept, nothing is decided. {@link goLive} ends that.
 */
export class CallMachine {
  private readonly presence = new CallPresence();
  private readonly book = new ToolCallBook();
  private readonly floor: Floor;
  private readonly ledger: SpeechLedger;
  private readonly row: UtteranceRow;
  private readonly desk: SpeechDesk;
  private readonly intake: UtteranceIntake;
  private readonly company: Company;
  private readonly mayBegin: () => boolean;
  private readonly floorSince: number;
  private readonly replayed: { readonly fact: CallFact; readonly at: number }[] = [];
  private mode: 'replaying' | 'live' | 'draining' = 'replaying';
  private outbox: CallAction[] = [];
  private lastFactAt = -Infinity;
  private decidedAt = -Infinity;
  private readonly closing = new CallClosing();

  constructor(
    readonly callId: string,
    settings: SpeechSettings,
    { recorded = new Map(), floor, floorSince = -Infinity, mayBegin = () => true }: CallMachineOptions = {},
  ) {
    const emit = (action: CallAction): void => void this.outbox.push(action);
    const { presence, book } = this;
    this.mayBegin = mayBegin;
    this.floorSince = floorSince;
    this.floor = new Floor(settings);
    if (floor !== undefined) this.floor.carryOver(floor);
    this.ledger = new SpeechLedger(emit, () => presence.ended?.endedReason);
    this.row = new UtteranceRow(this.ledger);
    this.desk = new SpeechDesk(settings, presence, this.floor, this.row, this.ledger, emit);
    this.company = new Company(book, presence, this.floor, emit, recorded);
    const { row, ledger, desk } = this;
    this.intake = new UtteranceIntake({ callId, settings, recorded, book, presence, row, ledger, desk, emit });
  }

  /** True while something is being said, or on its way. */
  get isBusy(): boolean {
    return this.desk.isBusy;
  }

  /** True until the call's end is known. */
  get isLive(): boolean {
    return !this.presence.isEnded;
  }

  /** A stored fact, during replay. @param at when it was stored */
  replay(fact: CallFact, at: number): void {
    this.replayed.push({ fact, at });
  }

  /** Ends the replay: from here on speech, not only facts. */
  goLive(now: number): CallAction[] {
    // A call may be found while everything is being drained.
    if (this.mode === 'replaying') this.mode = 'live';
    this.lastFactAt = now;
    const replayed = this.replayed.splice(0);
    const hasFloor = replayed.some(({ fact }) => fact.kind === 'floor');
    const isOlder = replayed.some(({ at }) => at < this.floorSince);
    for (const { fact, at } of replayed) this.take(fact, Math.min(at, now));
    this.floor.relearnClock();
    // Its floor was lost with the broker's memory.
    if (isOlder && !hasFloor) this.desk.takenOver(now);
    return this.handle({ kind: 'tick' }, now);
  }

  /** What is known of the floor, for the machine that serves the call next in this process. */
  floorState(): FloorState | undefined {
    return this.floor.state();
  }

  /** The request of a `post` action is about to be written. @returns false when the moment has passed: do not write it */
  mayWrite(sendId: number, now: number): boolean {
    return this.desk.mayWrite(sendId, now);
  }

  /** May an announcement with this utterance id be published? Keeps a place for it for a while. */
  admit(utteranceId: string, now: number): Admission {
    return this.intake.admit(utteranceId, now);
  }

  /** Nothing new is sent from here on; what is under way is followed to its end. */
  drain(): void {
    this.mode = 'draining';
  }

  /** @returns what is to be done, in this order */
  handle(input: CallInput, now: number): CallAction[] {
    this.take(input, now);
    this.decide(now);
    return this.outbox.splice(0);
  }

  /**
   * When {@link handle} wants a `tick` if nothing else comes first; Infinity: never. Measured from the last decision, not
   * from a clock: a moment that lies between that and now would be missed for ever.
   */
  nextWakeAt(): number {
    const now = this.decidedAt;
    const times = [
      this.book.nextWatchdogAt(),
      this.lastFactAt + FORGET_CALL_MS,
      ...this.company.wakeTimes(),
      ...this.desk.wakeTimes(now),
      ...this.intake.wakeTimes(),
    ];
    return Math.min(...times.filter((time) => time > now));
  }

  snapshot(now: number): CallSnapshot {
    const { ended } = this.presence;
    return {
      found: true,
      callId: this.callId,
      status: this.presence.status,
      ...(ended?.endedReason === undefined ? {} : { endedReason: ended.endedReason }),
      ...(ended === undefined ? {} : { endedAt: ended.at }),
      floor: this.floor.holder(now),
      toolCalls: this.book.snapshot(),
      utterances: Array.from(this.row.all, (each) => snapshotOfUtterance(each, this.desk.blockerOf(each, now))),
    };
  }

  /** Words of the newest report of each pending tool call, by its id. Private. */
  progress(): ReadonlyMap<string, string> {
    return this.book.progress();
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
        this.takeAnswer(input, now);
    }
  }

  private takeFact(input: CallFact, now: number): void {
    switch (input.kind) {
      case 'tool-call':
        this.presence.sign(now);
        this.book.requested(input.fact);
        return;
      case 'result':
        this.company.finished(input.fact.toolCallId);
        this.intake.result(input.fact, now);
        return;
      case 'progress':
        this.intake.progress(input.fact, now);
        return;
      case 'announcement':
        this.intake.announcement(input.fact, now);
        return;
      case 'cancel-requested':
        this.intake.cancelRequested(input.fact, now);
        return;
      case 'status':
        this.takeStatus(input.fact, now);
        return;
      case 'ended':
        this.presence.ending(now, input.fact);
        return;
      case 'floor':
        this.takeFloor(input.fact, now);
    }
  }

  private takeAnswer(input: CallAnswer, now: number): void {
    switch (input.kind) {
      case 'recorded':
        this.ledger.recorded(input.utteranceId, input.state);
        if (input.state === 'sending' && input.final !== false) {
          this.desk.sendingRecorded(input.utteranceId, input.isStale, now);
        }
        return;
      case 'post-outcome':
        this.desk.postAnswered(input.sendId, input.outcome, now);
        return;
      case 'call-looked-up':
        if (input.answer === 'ended') this.presence.ending(now);
        this.desk.lookedUp(now);
        return;
      case 'call-recalled':
        this.takeRecall(now, input.status, input.ended);
        return;
      case 'tool-call-recalled':
        this.intake.toolCallRecalled(input.toolCallId, input.fact);
        return;
      case 'claim-found':
        this.intake.claimFound(input.toolCallId, input.claim, now);
        return;
      case 'published':
        this.ledger.published();
        return;
      case 'tick':
    }
  }

  private takeStatus(fact: CallStatusChanged, now: number): void {
    this.company.learn(fact.limits);
    if (fact.status === 'ended') this.presence.ending(now);
    else this.presence.statusChanged(fact, now);
  }

  private takeFloor(event: FloorChanged, now: number): void {
    this.presence.spoke(event.at, now);
    const edge = this.floor.apply(event, now);
    if (edge !== undefined) this.desk.observe(edge, now);
  }

  private takeRecall(now: number, status?: CallStatusChanged, ended?: CallEnded): void {
    this.presence.recalled(now, !this.book.isEmpty, status);
    if (ended !== undefined) this.presence.ending(now, ended);
  }

  private decide(now: number): void {
    this.decidedAt = now;
    this.intake.decide(now);
    if (this.presence.isStrange && this.row.hasOpen) {
      this.presence.recallAsked();
      this.outbox.push({ kind: 'recall-call' });
    }
    this.intake.settleOrphans(now);
    for (const data of this.book.takeOverdue(now)) this.outbox.push({ kind: 'publish-result', data });
    this.decideSpeech(now);
    this.close(now);
  }

  private decideSpeech(now: number): void {
    const mayBegin = this.mayBegin();
    if (!mayBegin && (this.row.hasOpen || this.book.hasPending)) this.desk.pause(now);
    const maySend = this.mode === 'live' && mayBegin;
    this.desk.decide(now, maySend);
    if (!maySend) return;
    const fillers = this.company.due(!this.desk.isBusy && this.row.waiting.length === 0, now);
    for (const filler of fillers) this.intake.filler(filler, now);
    this.intake.settleOrphans(now);
    if (fillers.length > 0) this.desk.decide(now, maySend);
  }

  private close(now: number): void {
    const isSpeechDone = !this.desk.isBusy;
    const isAllDone = isSpeechDone && !this.intake.isBusy && !this.row.hasOpen && this.ledger.isSettled;
    const isQuiet = now >= this.lastFactAt + FORGET_CALL_MS;
    const state = { isOver: this.presence.isEnded, isSpeechDone, isDone: isAllDone && !this.book.hasPending, isQuiet };
    this.outbox.push(...this.closing.decide(state, () => this.snapshot(now)));
  }
}
