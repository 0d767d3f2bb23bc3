import { announcementKey, toolCallKey } from '@interject/contracts';
import type {
  CallEnded,
  CallStatusChanged,
  FloorChanged,
  ToolCallFinished,
  ToolCallProgressed,
  UtteranceRecord,
  ToolCallRequested,
} from '@interject/contracts';
import { Floor } from '../speech/floor.js';
import { SpeechDesk } from '../speech/speech-desk.js';
import { SpeechLedger } from '../speech/speech-ledger.js';
import { FORGET_CALL_MS } from '../speech/speech-settings.js';
import type { SpeechSettings } from '../speech/speech-settings.js';
import { utteranceOfAnnouncement, utteranceOfProgress, utteranceOfResult } from '../speech/utterance-factory.js';
import { UtteranceRow } from '../speech/utterance-row.js';
import type { Utterance, UtteranceContent } from '../speech/utterance.js';
import type { CallAction } from './call-actions.types.js';
import type { CallAnswer, CallFact, CallInput } from './call-inputs.types.js';
import { CallPresence } from './call-presence.js';
import { snapshotOfUtterance } from './call-snapshot.js';
import type { CallSnapshot } from './call-snapshot.js';
import { Preparation } from './preparation.js';
import { ToolCallBook } from './tool-call-book.js';

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
  private readonly preparations = new Map<string, Preparation>();
  private readonly replayed: { readonly fact: CallFact; readonly at: number }[] = [];
  /** Said by a predecessor, or not: its record stayed at `sending`. */
  private readonly orphans: Utterance[] = [];
  private mode: 'replaying' | 'live' | 'draining' = 'replaying';
  private outbox: CallAction[] = [];
  private lastFactAt = -Infinity;
  private decidedAt = -Infinity;
  private isPurged = false;
  private isClosed = false;

  /** @param recorded last entry of the ledger for each of the call's utterances, after a change of owner */
  constructor(
    readonly callId: string,
    private readonly settings: SpeechSettings,
    private readonly recorded: ReadonlyMap<string, UtteranceRecord> = new Map(),
  ) {
    const emit = (action: CallAction): void => void this.outbox.push(action);
    this.floor = new Floor(settings);
    this.ledger = new SpeechLedger(emit);
    this.row = new UtteranceRow(this.ledger);
    this.desk = new SpeechDesk(settings, this.presence, this.floor, this.row, this.ledger, emit);
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
    this.mode = 'live';
    this.lastFactAt = now;
    for (const { fact, at } of this.replayed.splice(0)) this.take(fact, Math.min(at, now));
    this.floor.relearnClock();
    return this.handle({ kind: 'tick' }, now);
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
    const times = [this.book.nextWatchdogAt(), this.lastFactAt + FORGET_CALL_MS, ...this.desk.wakeTimes(now)];
    for (const preparation of this.preparations.values()) times.push(preparation.wakeAt);
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
      utterances: Array.from(this.row.all, snapshotOfUtterance),
    };
  }

  private take(input: CallInput, now: number): void {
    switch (input.kind) {
      case 'tool-call':
      case 'result':
      case 'progress':
      case 'announcement':
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
        this.takeResult(input.fact, now);
        return;
      case 'progress':
        this.takeProgress(input.fact, now);
        return;
      case 'announcement':
        if (this.row.get(announcementKey(this.callId, input.fact.announcementId)) === undefined) {
          this.lineUp(utteranceOfAnnouncement(input.fact, this.settings, now), now);
        }
        return;
      case 'status':
        if (input.fact.status === 'ended') this.presence.ending(now);
        else this.presence.statusChanged(input.fact, now);
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
        if (input.state === 'sending') this.desk.sendingRecorded(input.utteranceId, input.isStale, now);
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
        if (input.fact !== undefined) this.book.requested(input.fact);
        else this.preparations.get(input.toolCallId)?.toolCallKnown(undefined);
        return;
      case 'claim-found':
        this.preparations.get(input.toolCallId)?.claimFound(input.claim, now);
        return;
      case 'published':
        this.ledger.published();
        return;
      case 'tick':
    }
  }

  private takeResult(result: ToolCallFinished, now: number): void {
    if (!this.book.finished(result)) return;
    this.row.dropProgressOf(result.toolCallId, now);
    // Without words there is nothing to say; after the end, whatever comes is told to those who follow up.
    if (result.text === undefined && !this.presence.isEnded) return;
    this.preparations.set(result.toolCallId, new Preparation(result, now));
  }

  private takeProgress(progress: ToolCallProgressed, now: number): void {
    if (this.book.isFinished(progress.toolCallId)) return;
    const content = utteranceOfProgress(progress, this.settings, now);
    if (this.row.get(content.id) === undefined) this.lineUp(content, now);
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

  private lineUp(content: UtteranceContent, now: number): void {
    const record = this.recorded.get(content.id);
    const utterance = this.row.create(content, record);
    if (record === undefined || record.final === false) this.row.enqueue(utterance, now);
    else if (record.state === 'sending') this.orphans.push(utterance);
    else if (record.state === 'undelivered') this.ledger.resumeUndelivered(utterance, now);
  }

  private decide(now: number): void {
    this.decidedAt = now;
    for (const preparation of [...this.preparations.values()]) this.prepare(preparation, now);
    if (this.presence.isStrange && this.row.hasOpen) {
      this.presence.recallAsked();
      this.outbox.push({ kind: 'recall-call' });
    }
    for (const orphan of this.orphans.splice(0)) this.desk.orphaned(orphan, now);
    for (const data of this.book.takeOverdue(now)) this.outbox.push({ kind: 'publish-result', data });
    this.desk.decide(now, this.mode === 'live');
    this.close(now);
  }

  private prepare(preparation: Preparation, now: number): void {
    const { result, seenAt } = preparation;
    const { toolCallId, tool } = result;
    const request = this.book.request(toolCallId);
    if (request !== undefined) preparation.toolCallKnown(graceOf(request));
    const isKnown = this.recorded.has(toolCallKey(this.callId, toolCallId));
    const decision = isKnown ? 'spoken' : preparation.decision;
    if (decision === undefined) {
      const question = preparation.question(now);
      if (question === 'recall-tool-call') this.outbox.push({ kind: question, tool, toolCallId });
      else if (question !== undefined)
        this.outbox.push({ kind: 'find-claim', toolCallId, isClaiming: question === 'claim' });
      return;
    }
    this.preparations.delete(toolCallId);
    const content = utteranceOfResult(result, request, this.settings, seenAt);
    if (decision === 'spoken') this.lineUp(content, now);
    else this.ledger.finish(this.row.create(content), 'answered-inline', now);
  }

  private close(now: number): void {
    const isDone = !this.desk.isBusy && this.preparations.size === 0 && !this.row.hasOpen && this.ledger.isSettled;
    if (this.presence.isEnded) {
      if (!this.isPurged && !this.desk.isBusy) {
        this.isPurged = true;
        this.outbox.push({ kind: 'purge-control-url' });
      }
      if (isDone && !this.isClosed && !this.book.hasPending) {
        this.isClosed = true;
        this.outbox.push({ kind: 'write-summary', summary: this.snapshot(now) }, { kind: 'close' });
      }
    } else if (isDone && !this.isClosed && !this.book.hasPending && now >= this.lastFactAt + FORGET_CALL_MS) {
      this.isClosed = true;
      this.outbox.push({ kind: 'close' });
    }
  }
}

/** How long the gateway may hold the answer back; nothing when it answered at once. */
function graceOf({ mode, graceMs }: ToolCallRequested): number | undefined {
  return mode === 'sync' && graceMs > 0 ? graceMs : undefined;
}
