import type { Floor, FloorEdge } from './floor.js';
import {
  CUT_OFF_SHARE,
  estimatedSpeakingMs,
  INTERRUPTION_SETTLE_MS,
  LONGEST_TURN_MS,
  POST_GUARD_MS,
} from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import type { Utterance } from './utterance.js';

/** What became of an utterance after its POST. `retry`: it was certainly not said, and may be sent once more. */
export type FlightVerdict = 'heard' | 'interrupted' | 'unconfirmed' | 'retry';

/** One try to say an utterance, from its `sending` record to the verdict. */
export class Flight {
  phase: 'recording' | 'posting' | 'sent' = 'recording';
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

  constructor(
    readonly utterance: Utterance,
    readonly sendId: number,
  ) {}

  get speakingMs(): number {
    return estimatedSpeakingMs(this.utterance.content.text);
  }

  /** When it will have been said, if the call shows no speech events. */
  get blindEndAt(): number {
    return this.answeredAt + this.speakingMs;
  }

  /** When it began to be spoken, if that was seen. */
  get speechStartedAt(): number | undefined {
    return this.startedAt;
  }

  /** When it ceased to be spoken, if that was seen. */
  get speechStoppedAt(): number | undefined {
    return this.stoppedAt;
  }

  posted(floor: Floor, now: number): void {
    this.phase = 'posting';
    this.postedAt = now;
    this.isBehindSpeech = floor.isSpeaking('assistant', now) && this.utterance.plan.timing !== 'interrupt';
  }

  answered(isUncertain: boolean, now: number): void {
    this.phase = 'sent';
    this.isUncertain = isUncertain;
    this.answeredAt = now;
  }

  /** A floor event of the call; those from before the POST are not ours. */
  observe(edge: FloorEdge, now: number): void {
    if (edge.time < this.postedAt) return;
    if (edge.change === 'interrupted') {
      this.interruptedAt = edge.time;
    } else if (edge.speaker === 'assistant' && edge.change === 'started') {
      this.observeStart(edge.time, now);
    } else if (edge.speaker === 'assistant') {
      this.observeStop(edge.time, now);
    }
  }

  private observeStart(time: number, now: number): void {
    if (this.startedAt === undefined) {
      this.startedAt = time;
    } else if (!this.hasStopped() && time > this.startedAt) {
      // Speech begins anew: the "stopped" in between was lost.
      this.stoppedAt = time;
      this.stopSeenAt = now;
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

  /** @returns nothing while it is still open */
  verdict(floor: Floor, settings: SpeechSettings, now: number): FlightVerdict | undefined {
    if (this.phase === 'recording') return undefined;
    if (this.phase === 'posting') {
      if (now >= this.postedAt + POST_GUARD_MS) this.answered(true, now);
      return undefined;
    }
    if (this.startedAt === undefined) {
      if (now < this.confirmBy(floor, settings)) return undefined;
      const isRetry = this.isUncertain && floor.isKnown && !this.utterance.hasRetriedUnknown;
      return isRetry && floor.startedAt('assistant') < this.postedAt ? 'retry' : 'unconfirmed';
    }
    if (this.wasInterrupted(floor, now)) return 'interrupted';
    if (this.hasStopped()) return now >= this.stopSeenAt + INTERRUPTION_SETTLE_MS ? 'heard' : undefined;
    return now >= this.speechBoundAt(this.startedAt) ? 'unconfirmed' : undefined;
  }

  /** The verdict when no more can come: the call is over. */
  lastVerdict(floor: Floor, now: number): FlightVerdict {
    if (this.wasInterrupted(floor, now)) return 'interrupted';
    return this.hasStopped() ? 'heard' : 'unconfirmed';
  }

  /** Next time at which {@link verdict} may change by itself. */
  wakeAt(floor: Floor, settings: SpeechSettings): number {
    if (this.phase === 'recording') return Infinity;
    if (this.phase === 'posting') return this.postedAt + POST_GUARD_MS;
    if (this.startedAt === undefined) return this.confirmBy(floor, settings);
    if (this.hasStopped()) return this.stopSeenAt + INTERRUPTION_SETTLE_MS;
    return this.speechBoundAt(this.startedAt);
  }

  private hasStopped(): boolean {
    return this.startedAt !== undefined && this.stoppedAt !== undefined && this.stoppedAt >= this.startedAt;
  }

  private speechBoundAt(startedAt: number): number {
    return startedAt + Math.max(LONGEST_TURN_MS.assistant, 2 * this.speakingMs);
  }

  private confirmBy(floor: Floor, settings: SpeechSettings): number {
    // Nothing can confirm it, but its own speech may be the first that the call shows.
    if (!floor.isKnown) return Math.max(this.blindEndAt, this.answeredAt + settings.confirmMs);
    const freeAt = this.isBehindSpeech ? floor.freeAt('assistant') : this.speechEndedAt;
    return Math.max(this.answeredAt, freeAt) + settings.confirmMs;
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
