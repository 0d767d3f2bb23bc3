import type { Floor, FloorEdge } from './floor.js';
import { OwnSpeech } from './own-speech.js';
import { textOf } from './speech-message.js';
import type { SpeechPace } from './speech-pace.js';
import {
  INTERRUPTION_SETTLE_MS,
  LONGEST_TURN_MS,
  LOST_END_MS,
  POST_GUARD_MS,
  RENDER_WAIT_MS,
  SAID_SHARE,
  SPEECH_LEAD_MS,
} from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import type { Utterance } from './utterance.js';

/** What became of an utterance after its POST. `retry`: it was certainly not said, and may be sent once more. */
export type FlightVerdict = 'heard' | 'interrupted' | 'unconfirmed' | 'retry';

/** One try to say something, from its `sending` records to the verdict: one utterance, or several that waited together. */
export class Flight {
  phase: 'recording' | 'posting' | 'sent' = 'recording';
  /** A record of it took too long to be stored. */
  isStale = false;
  readonly head: Utterance;
  readonly speakingMs: number;
  private readonly speech: OwnSpeech;
  private readonly unrecorded: Set<string>;
  /** True when the POST's answer does not tell whether it was accepted. */
  private isUncertain = false;
  private postedAt = Infinity;
  private answeredAt = Infinity;

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
    isAfterUnconfirmed = false,
  ) {
    [this.head] = utterances;
    this.speakingMs = pace.estimate(text);
    this.unrecorded = new Set(utterances.map(({ id }) => id));
    const { plan, repeats, hasRetriedUnknown } = this.head;
    this.speech = new OwnSpeech({
      text,
      soundMs: this.speakingMs - SPEECH_LEAD_MS,
      // The model puts `assistant` into its own words.
      isVerbatim: this.isOurText,
      cutsIn: plan.timing === 'interrupt',
      isRepeat: repeats > 0 || hasRetriedUnknown,
      isAfterUnconfirmed,
      replyGraceMs: settings.replyGraceMs,
    });
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
    const { startedAt, isBehindSpeech } = this.speech;
    const isWorthless = this.head.plan.class === 'progress' && startedAt === undefined && !isBehindSpeech;
    return isWorthless ? this.answeredAt : Infinity;
  }

  /** Its end was not told, and must have been by now: what is still believed to be spoken is over. */
  isEndLost(now: number): boolean {
    const { startedAt, hasStopped } = this.speech;
    return this.isOurText && startedAt !== undefined && !hasStopped && now >= this.speechBoundAt(startedAt);
  }

  /** When its request was written. */
  get sentAt(): number {
    return this.postedAt;
  }

  /** When it began to be spoken, if that was seen. */
  get speechStartedAt(): number | undefined {
    return this.speech.startedAt;
  }

  /** Its text was seen where the assistant's speech is told: it was said, at least in part. */
  get wasRecognised(): boolean {
    return this.speech.isRecognised;
  }

  /** When it ceased to be spoken, if that was seen. */
  get speechStoppedAt(): number | undefined {
    return this.speech.stoppedAt;
  }

  /** The request is about to be sent, and again when it is written: speech until then is not ours. */
  posted(floor: Floor, now: number): void {
    this.phase = 'posting';
    this.postedAt = now;
    this.speech.posted(floor, now);
  }

  answered(isUncertain: boolean, now: number): void {
    this.phase = 'sent';
    this.isUncertain = isUncertain;
    this.answeredAt = now;
  }

  /** A floor event of the call, in the order of arrival. */
  observe(edge: FloorEdge, floor: Floor, now: number): void {
    this.speech.observe(edge, floor, now);
  }

  /**
   * When several were said together and cut off: was this one over by then?
   *
   * @param utterance one of the flight's; the last one was what was cut
   * @param now when it was cut at the latest
   */
  wasOver(utterance: Utterance, now: number): boolean {
    const { startedAt, stoppedAt, cutAt } = this.speech;
    const index = this.utterances.indexOf(utterance);
    if (startedAt === undefined || index < 0 || index === this.utterances.length - 1) return false;
    const endedAt = Math.min(stoppedAt ?? Infinity, cutAt, now);
    const until = textOf(this.utterances.slice(0, index + 1));
    return endedAt - startedAt >= SAID_SHARE * (this.pace.estimate(until) - SPEECH_LEAD_MS);
  }

  /** @returns nothing while it is still open */
  verdict(floor: Floor, now: number): FlightVerdict | undefined {
    if (this.phase === 'recording') return undefined;
    if (this.phase === 'posting') {
      if (now >= this.postedAt + POST_GUARD_MS) this.answered(true, now);
      return undefined;
    }
    if (this.speech.startedAt === undefined) return this.verdictUnspoken(floor, now);
    const cutSettledAt = this.speech.cutSettledAt(floor, now);
    if (cutSettledAt !== Infinity) return now >= cutSettledAt ? 'interrupted' : undefined;
    if (this.speech.hasStopped) return this.verdictStopped(now);
    return now >= this.speechBoundAt(this.speech.startedAt) ? 'unconfirmed' : undefined;
  }

  /** Nothing is heard of it yet, and it is too early to wonder. */
  isAwaited(now: number): boolean {
    return this.speech.startedAt === undefined && now < this.awaitedUntil;
  }

  /** Until when a usual render takes. */
  get awaitedUntil(): number {
    return this.answeredAt + RENDER_WAIT_MS;
  }

  /**
   * The verdict when speech that cuts in was accepted in its place.
   *
   * @param since when that was sent: what had ended by then was not cut off
   */
  verdictReplaced(since: number, floor: Floor, now: number): FlightVerdict {
    const { startedAt, stoppedAt } = this.speech;
    if (startedAt === undefined) return 'unconfirmed';
    return stoppedAt !== undefined && stoppedAt < since ? this.lastVerdict(floor, now) : 'interrupted';
  }

  /** The verdict when no more can come: the call is over. */
  lastVerdict(floor: Floor, now: number): FlightVerdict {
    if (this.speech.wasInterrupted(floor, now)) return 'interrupted';
    return this.speech.hasStopped ? 'heard' : 'unconfirmed';
  }

  /** Next time at which {@link verdict} may change by itself. */
  wakeAt(floor: Floor, now: number): number {
    const { startedAt, hasStopped, stopSeenAt } = this.speech;
    if (this.phase === 'recording') return Infinity;
    if (this.phase === 'posting') return this.postedAt + POST_GUARD_MS;
    if (startedAt === undefined) return this.confirmBy(floor);
    const cutSettledAt = this.speech.cutSettledAt(floor, now);
    if (cutSettledAt !== Infinity) return cutSettledAt;
    return hasStopped ? stopSeenAt + INTERRUPTION_SETTLE_MS : this.speechBoundAt(startedAt);
  }

  private get isOurText(): boolean {
    return this.head.wording === 'verbatim';
  }

  private verdictUnspoken(floor: Floor, now: number): FlightVerdict | undefined {
    if (now < this.confirmBy(floor)) return undefined;
    const mayRetry = this.isUncertain && floor.isKnown && !this.head.hasRetriedUnknown && !this.wasRecognised;
    return mayRetry && floor.startedAt('assistant') < this.postedAt ? 'retry' : 'unconfirmed';
  }

  private verdictStopped(now: number): FlightVerdict | undefined {
    const { stopSeenAt, stoppedAt, isForeign, isDoubtful } = this.speech;
    if (now < stopSeenAt + INTERRUPTION_SETTLE_MS) return undefined;
    if (isForeign && stoppedAt !== undefined) {
      this.speech.disown(stoppedAt);
      return undefined;
    }
    // Of a POST without an answer, other speech than ours is the better guess once the caller has said something.
    return this.isUncertain && isDoubtful && !this.wasRecognised ? 'unconfirmed' : 'heard';
  }

  /** Of the model's own words nobody knows how long they are. */
  private speechBoundAt(startedAt: number): number {
    const twice = 2 * this.speakingMs;
    return startedAt + (this.isOurText ? twice + LOST_END_MS : Math.max(LONGEST_TURN_MS.assistant, twice));
  }

  private confirmBy(floor: Floor): number {
    const { confirmMs } = this.settings;
    const { isBehindSpeech, othersEndedAt, freeFrom } = this.speech;
    // Nothing can confirm it, but its own speech may be the first that the call shows.
    if (!floor.isKnown) return Math.max(this.blindEndAt, this.answeredAt + confirmMs);
    const freeAt = isBehindSpeech ? floor.freeAt('assistant') : othersEndedAt;
    // Ours is next in the queue: each speech of others may push it on, but not for ever, or what waits is never said.
    const latest = Math.max(this.answeredAt, freeFrom === Infinity ? freeAt : freeFrom) + 2 * confirmMs;
    return Math.min(Math.max(this.answeredAt, freeAt) + confirmMs, latest);
  }
}
