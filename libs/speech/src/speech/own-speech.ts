import { fingerprintShare, speechFingerprint } from '@interject/contracts';
import type { SpeechEvidence } from '@interject/contracts';
import type { Floor, FloorEdge } from './floor.js';
import {
  CUT_OFF_SHARE,
  EARLY_START_MS,
  EVIDENCE_SHARE,
  EVIDENCE_SPAN_MS,
  FOREIGN_SHARE,
  INTERRUPTION_SETTLE_MS,
  NEXT_IN_QUEUE_MS,
} from './speech-settings.js';

/** What tells one try to say something from other speech of the assistant. */
export interface OwnSpeechTraits {
  readonly text: string;
  /** How long the text should sound, milliseconds. */
  readonly soundMs: number;
  /** It is said as it is: texts that are told can be compared with it. */
  readonly isVerbatim: boolean;
  /** It cuts in: what is being said makes way for it. */
  readonly cutsIn: boolean;
  /** The conversation's history may show its words already. */
  readonly isRepeat: boolean;
  /** An earlier one may still be spoken late, before this one. */
  readonly isAfterUnconfirmed: boolean;
  /** How long the model may take to begin a reply to the caller, milliseconds. */
  readonly replyGraceMs: number;
}

/**
 * Finds out which speech of the assistant is ours, and when it began and ended.
 *
 * It began after the POST, is not the end of what was being said then, is not known to be another text, and is not much too
 * short where the model had to reply to the caller first. Else there is no minimum length.
 */
export class OwnSpeech {
  /** When it began to be spoken, if that was seen. */
  startedAt: number | undefined;
  /** When it ceased to be spoken, if that was seen. */
  stoppedAt: number | undefined;
  /** When {@link stoppedAt} became known. */
  stopSeenAt = Infinity;
  /** The speech that goes on is not ours; ours comes after it. */
  isBehindSpeech = false;
  /** When the last speech that was not ours had ended. */
  othersEndedAt = -Infinity;
  /** When the speech that ours was sent behind had ended; Infinity while it goes on. */
  freeFrom = -Infinity;
  /** The speech that began holds our words: it was said, at least in part. */
  isRecognised = false;
  /** The speech that began may as well be the model's. */
  isDoubtful = false;
  private postedAt = Infinity;
  private interruptedAt = -Infinity;
  private cutSeenAt = Infinity;
  /** At the POST the model owed the caller a reply that could still come: speech right after it may be that. */
  private isReplyDue = false;
  /** When the assistant last began to speak after the POST, whoever's words those were. */
  private lastStartAt = -Infinity;
  private foreignTextAt = -Infinity;
  private wordsOfText: readonly number[] | undefined;

  constructor(private readonly traits: OwnSpeechTraits) {}

  /** The request is about to be sent, and again when it is written: speech until then is not ours. */
  posted(floor: Floor, now: number): void {
    this.postedAt = now;
    this.startedAt = undefined;
    this.stoppedAt = undefined;
    this.interruptedAt = -Infinity;
    this.isBehindSpeech = floor.isSpeaking('assistant', now) && !this.traits.cutsIn;
    this.freeFrom = this.isBehindSpeech ? Infinity : now;
    this.isReplyDue = floor.isReplyDue && now < floor.freeAt('caller') + this.traits.replyGraceMs;
  }

  /** A floor event of the call, in the order of arrival. */
  observe(edge: FloorEdge, floor: Floor, now: number): void {
    if (edge.time < this.postedAt) {
      this.observeEarlier(edge, floor, now);
    } else if (edge.evidence !== undefined) {
      this.observeText(edge.evidence, edge.time);
    } else if (edge.change === 'interrupted') {
      this.interruptedAt = edge.time;
    } else if (edge.speaker === 'assistant' && edge.change === 'started') {
      this.observeStart(edge.time, floor, now);
    } else if (edge.speaker === 'assistant' && edge.change === 'stopped') {
      this.observeStop(edge.time, now);
    }
  }

  /** Made when it is compared for the first time: most speech is recognised by its time alone. */
  private get words(): readonly number[] {
    this.wordsOfText ??= speechFingerprint(this.traits.text);
    return this.wordsOfText;
  }

  get hasStopped(): boolean {
    return this.startedAt !== undefined && this.stoppedAt !== undefined && this.stoppedAt >= this.startedAt;
  }

  /** True when what was heard is much shorter than our text, and somebody else's words were due. */
  get isForeign(): boolean {
    const { startedAt, stoppedAt } = this;
    if (!this.isDoubtful || this.isRecognised || startedAt === undefined || stoppedAt === undefined) return false;
    return this.interruptedAt < startedAt && stoppedAt - startedAt < FOREIGN_SHARE * this.traits.soundMs;
  }

  /** That was not ours: it is still to come. */
  disown(endedAt: number): void {
    this.startedAt = undefined;
    this.stoppedAt = undefined;
    this.othersEndedAt = endedAt;
    this.interruptedAt = -Infinity;
    this.cutSeenAt = Infinity;
  }

  /** When it was cut off, by the word of it; else Infinity. */
  get cutAt(): number {
    return this.startedAt !== undefined && this.interruptedAt >= this.startedAt ? this.interruptedAt : Infinity;
  }

  /** From when on a cut is taken for ours: the next in Vapi's queue may show that it was not. Infinity without a cut. */
  cutSettledAt(floor: Floor, now: number): number {
    if (!this.wasInterrupted(floor, now)) return Infinity;
    this.cutSeenAt = Math.min(this.cutSeenAt, now);
    const isEarly = this.startedAt !== undefined && this.startedAt < this.postedAt + EARLY_START_MS;
    return this.cutSeenAt + ((this.isDoubtful || isEarly) && !this.isRecognised ? NEXT_IN_QUEUE_MS : 0);
  }

  /** The caller cut it off, as was told, or as its length under a talking caller shows. */
  wasInterrupted(floor: Floor, now: number): boolean {
    if (this.startedAt === undefined) return false;
    const { startedAt, stoppedAt } = this;
    if (this.interruptedAt >= startedAt) {
      return stoppedAt === undefined || this.interruptedAt <= stoppedAt + INTERRUPTION_SETTLE_MS;
    }
    if (stoppedAt === undefined || now < this.stopSeenAt + INTERRUPTION_SETTLE_MS) return false;
    const isCallerOverIt = floor.startedAt('caller') > startedAt && floor.callerSpokeAt(stoppedAt);
    return isCallerOverIt && stoppedAt - startedAt < CUT_OFF_SHARE * this.traits.soundMs;
  }

  /** Speech from before the POST that is told only now: ours comes after it. */
  private observeEarlier({ speaker, change, time }: FloorEdge, floor: Floor, now: number): void {
    // The caller was talking, as is told only now: the model owes a reply all the same.
    const isTurn = speaker === 'caller' && floor.isReplyDue && this.postedAt < time + this.traits.replyGraceMs;
    this.isReplyDue ||= isTurn;
    const isAssistant = speaker === 'assistant' && change === 'started' && floor.isSpeaking('assistant', now);
    if (isAssistant && this.startedAt === undefined && !this.traits.cutsIn) this.isBehindSpeech = true;
  }

  private observeStart(time: number, floor: Floor, now: number): void {
    this.lastStartAt = time;
    if (Math.abs(time - this.foreignTextAt) <= EVIDENCE_SPAN_MS) {
      this.isBehindSpeech = true;
      return;
    }
    const isOver = this.isForeign || this.isNextInQueue(time);
    if (this.cutSeenAt !== Infinity || isOver) this.disown(this.stoppedAt ?? time);
    if (this.startedAt === undefined) {
      this.startedAt = time;
      this.isDoubtful = this.traits.isAfterUnconfirmed || this.isReplyDue || this.hasCallerTurn(floor, time);
    } else if (!this.hasStopped && time > this.startedAt) {
      // Speech begins anew: the "stopped" in between was lost.
      this.observeStop(time, now);
      this.startedAt ??= time;
    }
    this.isBehindSpeech = false;
  }

  private observeStop(time: number, now: number): void {
    if (this.isBehindSpeech) {
      this.isBehindSpeech = false;
      this.othersEndedAt = time;
      this.freeFrom = Math.min(this.freeFrom, time);
      this.foreignTextAt = -Infinity;
    } else if (!this.hasStopped && time > (this.stoppedAt ?? -Infinity)) {
      // Told before its "started", it must not make way for an older one that is told later still.
      this.stoppedAt = time;
      this.stopSeenAt = now;
    }
  }

  /** A text of the assistant was seen: ours, or a sign that the speech of that moment is not. */
  private observeText({ source, words }: SpeechEvidence, time: number): void {
    if (!this.traits.isVerbatim || (source === 'history' && this.traits.isRepeat)) return;
    if (fingerprintShare(this.words, words) >= EVIDENCE_SHARE) {
      this.isRecognised = true;
      this.reclaim(time);
    } else if (source !== 'history') {
      this.foreignTextAt = time;
      const isOfNow = this.startedAt !== undefined && Math.abs(time - this.startedAt) <= EVIDENCE_SPAN_MS;
      if (isOfNow && this.stoppedAt === undefined && !this.isRecognised) {
        this.startedAt = undefined;
        this.isBehindSpeech = true;
      }
    }
  }

  /** What was taken for somebody else's speech was ours: its text says so. */
  private reclaim(textAt: number): void {
    const isOfNow = this.isBehindSpeech && Math.abs(textAt - this.lastStartAt) <= EVIDENCE_SPAN_MS;
    if (!isOfNow || this.startedAt !== undefined) return;
    this.startedAt = this.lastStartAt;
    this.isBehindSpeech = false;
  }

  /** Speech cut short and followed at once by more: what was cut was the model's, ours came next in Vapi's queue. */
  private isNextInQueue(time: number): boolean {
    const { startedAt, stoppedAt } = this;
    if (startedAt === undefined || stoppedAt === undefined || !this.hasStopped || this.isRecognised) return false;
    const isAtOnce = time > stoppedAt && time - stoppedAt <= NEXT_IN_QUEUE_MS;
    return isAtOnce && stoppedAt - startedAt < CUT_OFF_SHARE * this.traits.soundMs;
  }

  /** The caller took a turn after the POST, so the next speech may be the model's reply to that. */
  private hasCallerTurn(floor: Floor, before: number): boolean {
    const startedAt = floor.startedAt('caller');
    // Both are whole milliseconds.
    return startedAt >= this.postedAt && startedAt < before;
  }
}
