import type { Admission } from '@interject/contracts';
import type { CallAnswer } from './call-inputs.types.js';
import { SpeechDesk } from '../speech/speech-desk.js';
import { SpeechLedger } from '../speech/speech-ledger.js';
import { UtteranceRow } from '../speech/utterance-row.js';
import { snapshotOfUtterance } from './call-snapshot.js';
import type { UtteranceSnapshot } from './call-snapshot.js';
import { UtteranceIntake } from './utterance-intake.js';
import type { CallParts } from './call-parts.types.js';

type Recorded = Extract<CallAnswer, { kind: 'recorded' }>;

/** Everything about what is said in one call. Made with its first utterance: most live calls only wait for their results. */
export class CallSpeech {
  readonly row: UtteranceRow;
  readonly ledger: SpeechLedger;
  readonly desk: SpeechDesk;
  readonly intake: UtteranceIntake;

  constructor(private readonly parts: CallParts) {
    const { presence, outbox } = parts;
    this.ledger = new SpeechLedger(outbox, presence);
    this.row = new UtteranceRow(this.ledger);
    this.desk = new SpeechDesk(parts, this.row, this.ledger);
    this.intake = new UtteranceIntake(parts, this.row, this.ledger, this.desk);
  }

  /** Nothing is being said, waits to be, or is not stored yet. */
  get isDone(): boolean {
    return !this.desk.isBusy && !this.intake.isBusy && !this.row.hasOpen && this.ledger.isSettled;
  }

  /** Nothing of ours is being said, or waits to be. */
  get isQuiet(): boolean {
    return !this.desk.isBusy && this.row.waiting.length === 0;
  }

  /** What was asked for, or is done by now. */
  answered(input: CallAnswer, now: number): void {
    const { presence } = this.parts;
    switch (input.kind) {
      case 'recorded':
        this.recorded(input, now);
        return;
      case 'post-outcome':
        this.desk.postAnswered(input.sendId, input.outcome, now);
        return;
      case 'call-looked-up':
        if (input.answer === 'ended') presence.ending(now);
        this.desk.lookedUp(now);
        return;
      case 'call-recalled':
        presence.recalled(now, !this.parts.book.isEmpty, input.status);
        if (input.ended !== undefined) presence.ending(now, input.ended);
        return;
      case 'tool-call-recalled':
        this.intake.toolCallRecalled(input.toolCallId, input.fact, now);
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

  /** May an announcement with this utterance id be published? Keeps a place for it for a while. */
  admit(utteranceId: string, now: number): Admission {
    return this.intake.admit(utteranceId, now);
  }

  /** Turns what is known by now into utterances, and ends what a predecessor left open. */
  prepare(now: number): void {
    this.intake.decide(now);
    const { presence, outbox } = this.parts;
    if (presence.isStrange && this.row.hasOpen) {
      presence.recallAsked();
      outbox.push({ kind: 'recall-call' });
    }
    this.intake.settleOrphans(now);
  }

  /** Times at which it may decide otherwise than now. */
  wakeTimes(now: number): number[] {
    return [...this.desk.wakeTimes(now), ...this.intake.wakeTimes()];
  }

  snapshot(now: number, isMuted: boolean): UtteranceSnapshot[] {
    return Array.from(this.row.all, (each) => {
      const blocker = this.desk.blockerOf(each, now);
      return snapshotOfUtterance(each, blocker !== undefined && isMuted ? 'muted' : blocker);
    });
  }

  private recorded({ utteranceId, state, final, isStale }: Recorded, now: number): void {
    this.ledger.recorded(utteranceId, state);
    if (final === false) return;
    if (state === 'sending') this.desk.sendingRecorded(utteranceId, isStale, now);
    else this.row.get(utteranceId)?.release();
  }
}
