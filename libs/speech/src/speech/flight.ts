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
  LONGEST_TURN_MS,
  NEXT_IN_QUEUE_MS,
  POST_GUARD_MS,
  SAID_SHARE,
  SPEECH_LEAD_MS,
} from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import { textOf } from './speech-message.js';
import type { SpeechPace } from './speech-pace.js';
import type { Utterance } from './utterance.js';

/** What became of an utterance after its POST. `retry`: it was certainly not said, and may be sent once more. */
export type FlightVerdict = 'heard' | 'interrupted' | 'unconfirmed' | 'retry';

/**
 * One try to say something, from its `sending` records to the verdict: one utterance, or several that waited together.
 *
 * Whether speech of the assistant is ours is concluded: it began after the POST, is not the end of what was being said
 * then, is not known to be another text, and is not much too short where the model had to reply to the caller first. Else
 * there is no minimum length.
 */
export class Flight {
  phase: 'recording' | 'posting' | 'sent' = 'recording';
  /** A record of it took too long to be stored. */
  isStale = false;
  readonly head: Utterance;
  readonly speakingMs: number;
  private readonly words: readonly number[];
  private readonly unrecorded: Set<string>;
  /** True when the POST's answer does not tell whether it was accepted. */
  private isUncertain = false;
  private postedAt = Infinity;
  private answeredAt = Infinity;
  private isBehindSpeech = false;
  private speechEndedAt = -Infinity;
  private startedAt: number | undefined;
  private stoppedAt: number | undefined;
  private stopSeenAt = Infinity;
  private interruptedAt = -Infinity;
  /** The speech that began may as well be the model's. */
  private isDoubtful = false;
  /** The speech that began holds our words. */
  private isRecognised = false;
  private foreignTextAt = -Infinity;
  private cutSeenAt = Infinity;

  /**
   * @param utterances said in one go, in this order; at least one
   * @param text what is POSTed
   * @param isAfterUnconfirmed an earlier one may still be spoken late, before this one
   */
  constructor(
    readonly utterances: readonly [Utterance, ...Utterance[]],
    readonly text: string,
    readonly sendId: number,
    private readonly settings: SpeechSettings,
    private readonly pace: SpeechPace,
    private readonly isAfterUnconfirmed = false,
  ) {
    [this.head] = utterances;
    this.speakingMs = pace.estimate(text);
    this.words = speechFingerprint(text);
    this.unrecorded = new Set(utterances.map(({ id }) => id));
  }

  /** The `sending` record of one is stored. @returns true once all are */
  recorded(utteranceId: string): boolean {
    this.unrecorded.delete(utteranceId);
    return this.unrecorded.size === 0;
  }

  has(utteranceId: string): boolean {
    return this.utterances.some(({ id }) => id === utteranceId);
  }

  /** When it will have been said, if the call shows no speech events. */
  get blindEndAt(): number {
    return this.answeredAt + this.speakingMs;
  }

  /** Since when it stands in the way of others without a sound; Infinity once it is spoken, or is worth the wait. */
  get giveWayAt(): number {
    const isWorthless = this.head.plan.class === 'progress' && this.startedAt === undefined && !this.isBehindSpeech;
    return isWorthless ? this.answeredAt : Infinity;
  }

  /** When it began to be spoken, if that was seen. */
  get speechStartedAt(): number | undefined {
    return this.startedAt;
  }

  /** Its text was seen where the assistant's speech is told: it was said, at least in part. */
  get wasRecognised(): boolean {
    return this.isRecognised;
  }

  /** When it ceased to be spoken, if that was seen. */
  get speechStoppedAt(): number | undefined {
    return this.stoppedAt;
  }

  /** The request is about to be sent, and again when it is written: speech until then is not ours. */
  posted(floor: Floor, now: number): void {
    this.phase = 'posting';
    this.postedAt = now;
    this.startedAt = undefined;
    this.stoppedAt = undefined;
    this.interruptedAt = -Infinity;
    this.isBehindSpeech = floor.isSpeaking('assistant', now) && this.head.plan.timing !== 'interrupt';
  }

  answered(isUncertain: boolean, now: number): void {
    this.phase = 'sent';
    this.isUncertain = isUncertain;
    this.answeredAt = now;
  }

  /** A floor event of the call, in the order of arrival; those from before the POST are not ours. */
  observe(edge: FloorEdge, floor: Floor, now: number): void {
    if (edge.time < this.postedAt) {
      this.observeEarlier(edge, floor, now);
      return;
    }
    if (edge.evidence !== undefined) {
      this.observeText(edge.evidence, edge.time);
    } else if (edge.change === 'interrupted') {
      this.interruptedAt = edge.time;
    } else if (edge.speaker === 'assistant' && edge.change === 'started') {
      this.observeStart(edge.time, floor, now);
    } else if (edge.speaker === 'assistant' && edge.change === 'stopped') {
      this.observeStop(edge.time, now);
    }
  }

  /** Speech from before the POST that is told only now: ours comes after it. */
  private observeEarlier({ speaker, change }: FloorEdge, floor: Floor, now: number): void {
    const isAssistant = speaker === 'assistant' && change === 'started' && floor.isSpeaking('assistant', now);
    if (isAssistant && this.startedAt === undefined && this.head.plan.timing !== 'interrupt')
      this.isBehindSpeech = true;
  }

  private observeStart(time: number, floor: Floor, now: number): void {
    if (Math.abs(time - this.foreignTextAt) <= EVIDENCE_SPAN_MS) {
      this.isBehindSpeech = true;
      return;
    }
    const wasOther = this.cutSeenAt !== Infinity || (this.stoppedAt !== undefined && this.isForeign(this.stoppedAt));
    if (wasOther) this.disown(this.stoppedAt ?? time);
    if (this.startedAt === undefined) {
      this.startedAt = time;
      this.isDoubtful = this.isAfterUnconfirmed || this.hasCallerTurn(floor, time);
    } else if (!this.hasStopped() && time > this.startedAt) {
      // Speech begins anew: the "stopped" in between was lost.
      this.observeStop(time, now);
      if (this.startedAt === undefined) this.startedAt = time;
    }
    this.isBehindSpeech = false;
  }

  private observeStop(time: number, now: number): void {
    if (this.isBehindSpeech) {
      this.isBehindSpeech = false;
      this.speechEndedAt = time;
    } else if (!this.hasStopped()) {
      this.stoppedAt = time;
      this.stopSeenAt = now;
    }
  }

  /** A text of the assistant was seen: ours, or a sign that the speech of that moment is not. */
  private observeText({ source, words }: SpeechEvidence, time: number): void {
    // The model puts `assistant` into its own words.
    if (this.head.wording !== 'verbatim') return;
    // The history may show the attempt before.
    if (source === 'history' && (this.head.repeats > 0 || this.head.hasRetriedUnknown)) return;
    if (fingerprintShare(this.words, words) >= EVIDENCE_SHARE) {
      this.isRecognised = true;
    } else if (source !== 'history') {
      this.foreignTextAt = time;
      const isOfNow = this.startedAt !== undefined && Math.abs(time - this.startedAt) <= EVIDENCE_SPAN_MS;
      if (isOfNow && this.stoppedAt === undefined && !this.isRecognised) {
        this.startedAt = undefined;
        this.isBehindSpeech = true;
      }
    }
  }

  /** The caller took a turn after the POST, so the next speech may be the model's reply to that. */
  private hasCallerTurn(floor: Floor, before: number): boolean {
    const startedAt = floor.startedAt('caller');
    return startedAt > this.postedAt && startedAt < before;
  }

  /** True when what was heard is much shorter than our text, and somebody else's words were due. */
  private isForeign(stoppedAt: number): boolean {
    if (!this.isDoubtful || this.isRecognised || this.startedAt === undefined) return false;
    return this.interruptedAt < this.startedAt && stoppedAt - this.startedAt < FOREIGN_SHARE * this.speakingMs;
  }

  /** That was not ours: it is still to come. */
  private disown(endedAt: number): void {
    this.startedAt = undefined;
    this.stoppedAt = undefined;
    this.speechEndedAt = endedAt;
    this.interruptedAt = -Infinity;
    this.cutSeenAt = Infinity;
  }

  /**
   * When several were said together and cut off: was this one over by then?
   *
   * @param utterance one of the flight's; the last one was what was cut
   * @param now when it was cut at the latest
   */
  wasOver(utterance: Utterance, now: number): boolean {
    const index = this.utterances.indexOf(utterance);
    if (this.startedAt === undefined || index < 0 || index === this.utterances.length - 1) return false;
    const interruptedAt = this.interruptedAt >= this.startedAt ? this.interruptedAt : Infinity;
    const cutAt = Math.min(this.stoppedAt ?? Infinity, interruptedAt, now);
    const until = textOf(this.utterances.slice(0, index + 1));
    return cutAt - this.startedAt >= SAID_SHARE * (this.pace.estimate(until) - SPEECH_LEAD_MS);
  }

  /** @returns nothing while it is still open */
  verdict(floor: Floor, now: number): FlightVerdict | undefined {
    if (this.phase === 'recording') return undefined;
    if (this.phase === 'posting') {
      if (now >= this.postedAt + POST_GUARD_MS) this.answered(true, now);
      return undefined;
    }
    if (this.startedAt === undefined) {
      if (now < this.confirmBy(floor)) return undefined;
      const isRetry = this.isUncertain && floor.isKnown && !this.head.hasRetriedUnknown && !this.isRecognised;
      return isRetry && floor.startedAt('assistant') < this.postedAt ? 'retry' : 'unconfirmed';
    }
    if (this.wasInterrupted(floor, now)) {
      this.cutSeenAt = Math.min(this.cutSeenAt, now);
      return now >= this.cutSeenAt + this.cutSettleMs ? 'interrupted' : undefined;
    }
    if (this.stoppedAt !== undefined && this.hasStopped()) {
      if (now < this.stopSeenAt + INTERRUPTION_SETTLE_MS) return undefined;
      if (!this.isForeign(this.stoppedAt)) return this.isLikelyOurs ? 'heard' : 'unconfirmed';
      this.disown(this.stoppedAt);
      return undefined;
    }
    return now >= this.speechBoundAt(this.startedAt) ? 'unconfirmed' : undefined;
  }

  /** The verdict when no more can come: the call is over. */
  lastVerdict(floor: Floor, now: number): FlightVerdict {
    if (this.wasInterrupted(floor, now)) return 'interrupted';
    return this.hasStopped() ? 'heard' : 'unconfirmed';
  }

  /** Next time at which {@link verdict} may change by itself. */
  wakeAt(floor: Floor): number {
    if (this.phase === 'recording') return Infinity;
    if (this.phase === 'posting') return this.postedAt + POST_GUARD_MS;
    if (this.startedAt === undefined) return this.confirmBy(floor);
    if (this.cutSeenAt !== Infinity) return this.cutSeenAt + this.cutSettleMs;
    if (this.hasStopped()) return this.stopSeenAt + INTERRUPTION_SETTLE_MS;
    return this.speechBoundAt(this.startedAt);
  }

  /** How long after a cut the next in Vapi's queue may show that what was cut was not ours. */
  private get cutSettleMs(): number {
    const isEarly = this.startedAt !== undefined && this.startedAt < this.postedAt + EARLY_START_MS;
    return (this.isDoubtful || isEarly) && !this.isRecognised ? NEXT_IN_QUEUE_MS : 0;
  }

  /** Of a POST without an answer, other speech than ours is the better guess once the caller has said something. */
  private get isLikelyOurs(): boolean {
    return this.isRecognised || !(this.isUncertain && this.isDoubtful);
  }

  private hasStopped(): boolean {
    return this.startedAt !== undefined && this.stoppedAt !== undefined && this.stoppedAt >= this.startedAt;
  }

  private speechBoundAt(startedAt: number): number {
    return startedAt + Math.max(LONGEST_TURN_MS.assistant, 2 * this.speakingMs);
  }

  private confirmBy(floor: Floor): number {
    const { confirmMs } = this.settings;
    // Nothing can confirm it, but its own speech may be the first that the call shows.
    if (!floor.isKnown) return Math.max(this.blindEndAt, this.answeredAt + confirmMs);
    const freeAt = this.isBehindSpeech ? floor.freeAt('assistant') : this.speechEndedAt;
    // Bounded, so that an assistant that talks on does not keep what waits from being said.
    const latest = this.answeredAt + LONGEST_TURN_MS.assistant + 2 * confirmMs;
    return Math.min(Math.max(this.answeredAt, freeAt) + confirmMs, latest);
  }

  private wasInterrupted(floor: Floor, now: number): boolean {
    if (this.startedAt === undefined) return false;
    const { startedAt, stoppedAt } = this;
    if (this.interruptedAt >= startedAt) {
      return stoppedAt === undefined || this.interruptedAt <= stoppedAt + INTERRUPTION_SETTLE_MS;
    }
    if (stoppedAt === undefined || now < this.stopSeenAt + INTERRUPTION_SETTLE_MS) return false;
    const isCallerOverIt = floor.startedAt('caller') > startedAt && floor.callerSpokeAt(stoppedAt);
    return isCallerOverIt && stoppedAt - startedAt < CUT_OFF_SHARE * this.speakingMs;
  }
}
