import { announcementKey, toolCallKey } from '@interject/contracts';
import type {
  Admission,
  AnnouncementRequested,
  ToolCallFinished,
  ToolCallProgressed,
  ToolCallRequested,
} from '@interject/contracts';
import type { DueFiller } from '../speech/filler-watch.js';
import type { SpeechDesk } from '../speech/speech-desk.js';
import type { SpeechLedger } from '../speech/speech-ledger.js';
import { PROGRESS_KEPT } from '../speech/speech-settings.js';
import {
  utteranceOfAnnouncement,
  utteranceOfFiller,
  utteranceOfProgress,
  utteranceOfResult,
} from '../speech/utterance-factory.js';
import type { UtteranceRow } from '../speech/utterance-row.js';
import type { Utterance, UtteranceContent } from '../speech/utterance.js';
import { Admissions } from './admissions.js';
import type { CallParts } from './call-parts.types.js';
import { Preparation } from './preparation.js';
import type { PendingToolCall } from './tool-call-book.js';

/** Turns facts into utterances and lines them up; a result may have to be looked into first. */
export class UtteranceIntake {
  private readonly preparations = new Map<string, Preparation>();
  private admissions: Admissions | undefined;
  /** Said by a predecessor, or not: its record stayed at `sending`. */
  private readonly orphans: Utterance[] = [];

  constructor(
    private readonly parts: CallParts,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
    private readonly desk: SpeechDesk,
  ) {}

  /** True while it is being found out whether a result is to be spoken. */
  get isBusy(): boolean {
    return this.preparations.size > 0;
  }

  /** When {@link decide} may decide otherwise than now. */
  wakeTimes(): number[] {
    return [...this.preparations.values()].map(({ wakeAt }) => wakeAt);
  }

  result(result: ToolCallFinished, now: number): void {
    const { book, presence } = this.parts;
    const { toolCallId, outcome, text } = result;
    if (!book.finished(result)) return;
    this.row.dropProgressOf(toolCallId, now);
    // Who cancelled it does not want to hear that it failed. What was done all the same has to be told.
    const isUnwanted = book.isCancelled(toolCallId) && outcome !== 'succeeded';
    // Without words there is nothing to say; after the end, whatever comes is told to those who follow up.
    const isWordless = text === undefined && !presence.isEnded;
    if (isUnwanted || isWordless) book.release(toolCallId);
    else this.preparations.set(toolCallId, new Preparation(result, now));
  }

  progress(progress: ToolCallProgressed, now: number): void {
    const { book } = this.parts;
    book.progressed(progress);
    const { toolCallId } = progress;
    if (book.isFinished(toolCallId) || book.isCancelled(toolCallId) || progress.sequence > PROGRESS_KEPT) return;
    this.add(utteranceOfProgress(progress, this.parts.settings, now), now);
  }

  announcement(announcement: AnnouncementRequested, now: number): void {
    this.admissions?.arrived(announcementKey(announcement.callId, announcement.announcementId));
    this.add(utteranceOfAnnouncement(announcement, this.parts.settings, now), now);
  }

  filler(due: DueFiller, now: number): void {
    this.add(utteranceOfFiller(due, now), now);
  }

  /** May an announcement with this utterance id be published? Keeps a place for it for a while. */
  admit(utteranceId: string, now: number): Admission {
    if (this.row.get(utteranceId) !== undefined) return 'known';
    if (this.parts.presence.isEnded) return 'ended';
    this.admissions ??= new Admissions();
    return this.admissions.admit(utteranceId, this.row.openCount + this.preparations.size, now);
  }

  toolCallRecalled(toolCallId: string, fact: ToolCallRequested | undefined, now: number): void {
    // It has a result: no watchdog is left to count from any time.
    if (fact !== undefined) this.parts.book.requested(fact, now);
    else this.preparations.get(toolCallId)?.toolCallKnown(undefined);
  }

  claimFound(toolCallId: string, claim: 'spoken' | 'inline' | 'none', now: number): void {
    this.preparations.get(toolCallId)?.claimFound(claim, now);
  }

  /** Asks what has to be known of results, and lines up those of which it is. */
  decide(now: number): void {
    for (const preparation of [...this.preparations.values()]) this.prepare(preparation, now);
  }

  /** Ends what a predecessor left open. */
  settleOrphans(now: number): void {
    for (const orphan of this.orphans.splice(0)) this.desk.orphaned(orphan, now);
  }

  private add(content: UtteranceContent, now: number): void {
    if (this.row.get(content.id) === undefined) this.lineUp(content, now);
  }

  private lineUp(content: UtteranceContent, now: number): void {
    const { row, ledger } = this;
    const record = this.parts.recorded.get(content.id);
    const utterance = row.create(content, record);
    if (record === undefined || record.final === false) row.enqueue(utterance, now);
    else if (record.state === 'sending') this.orphans.push(utterance);
    else ledger.resumeUndelivered(utterance, now);
  }

  private prepare(preparation: Preparation, now: number): void {
    const { book, recorded, callId, settings, outbox } = this.parts;
    const { result, seenAt } = preparation;
    const { toolCallId, tool } = result;
    const request = book.request(toolCallId);
    if (request !== undefined) preparation.toolCallKnown(graceOf(request));
    const isKnown = recorded.has(toolCallKey(callId, toolCallId));
    const decision = isKnown ? 'spoken' : preparation.decision;
    if (decision === undefined) {
      const question = preparation.question(now);
      if (question === 'recall-tool-call') outbox.push({ kind: question, tool, toolCallId });
      else if (question !== undefined)
        outbox.push({ kind: 'find-claim', toolCallId, isClaiming: question === 'claim' });
      return;
    }
    this.preparations.delete(toolCallId);
    book.release(toolCallId);
    const content = utteranceOfResult(result, request, settings, seenAt);
    if (decision === 'spoken') this.lineUp(content, now);
    else this.ledger.finish(this.row.create(content), 'answered-inline', now);
  }
}

/** How long the gateway may hold the answer back; nothing when it answered at once. */
function graceOf({ mode, graceMs }: PendingToolCall): number | undefined {
  return mode === 'sync' && graceMs > 0 ? graceMs : undefined;
}
