import type { UndeliveredReason } from '@interject/contracts';
import type { CallAction } from '../calls/call-actions.types.js';
import type { PostOutcome } from '../calls/call-inputs.types.js';
import type { CallPresence } from '../calls/call-presence.js';
import type { Floor, FloorEdge } from './floor.js';
import { Flight } from './flight.js';
import type { FlightVerdict } from './flight.js';
import { holdEndsAt, isImmediate, releaseAt } from './release-rule.js';
import type { ReleaseScene } from './release-rule.js';
import type { SpeechLedger } from './speech-ledger.js';
import { Landing } from './landing.js';
import { speechMessageOf } from './speech-message.js';
import { ABANDONED_PAUSE_MS, END_SETTLE_MS, POST_BACKOFF_MS, PROGRESS_GAP_MS } from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import type { Utterance } from './utterance.js';
import { mayCutOff } from './utterance-queue.js';
import type { UtteranceRow } from './utterance-row.js';

/** Chooses what one call hears next, and follows it until it was heard: one utterance at a time. */
export class SpeechDesk {
  /** Waits for its `sending` record to be stored. */
  private recording: Flight | undefined;
  /** POSTed, and not yet settled. */
  private flight: Flight | undefined;
  /** Refused; its end depends on whether the call has ended. */
  private refused: { readonly utterance: Utterance; readonly reason: UndeliveredReason } | undefined;
  private sends = 0;
  private pausedUntil = -Infinity;
  private blindFreeAt = -Infinity;
  private progressFreeAt = -Infinity;
  private readonly landing: Landing;

  constructor(
    private readonly settings: SpeechSettings,
    private readonly presence: CallPresence,
    private readonly floor: Floor,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
    private readonly emit: (action: CallAction) => void,
  ) {
    this.landing = new Landing(presence, row, ledger, emit);
  }

  /** True while something is on its way to be said. */
  get isBusy(): boolean {
    return this.recording !== undefined || this.flight !== undefined || this.refused !== undefined;
  }

  observe(edge: FloorEdge, now: number): void {
    this.flight?.observe(edge, now);
    this.showSpeech();
  }

  /** Settles what is under way and starts what may be said now. @param maySend false: nothing new is started */
  decide(now: number, maySend: boolean): void {
    this.settle(now);
    this.row.expire(now);
    if (this.presence.isEnded) {
      this.row.closeAll(now);
    } else if (maySend && this.recording === undefined && this.refused === undefined && now >= this.pausedUntil) {
      this.startNext(now);
    }
  }

  /** The `sending` record is stored: send it, unless the moment has passed. */
  sendingRecorded(utteranceId: string, isStale: boolean, now: number): void {
    const flight = this.recording;
    if (flight?.utterance.id !== utteranceId) return;
    this.recording = undefined;
    const { utterance } = flight;
    const isTooLate = now >= utterance.expiresAt || releaseAt(utterance, this.scene(), now) > now;
    if (isStale || isTooLate || (this.flight !== undefined && !this.cutOff(this.flight, utterance, now))) {
      if (isStale) this.pausedUntil = now + ABANDONED_PAUSE_MS;
      utterance.putBack();
      return;
    }
    this.flight = flight;
    flight.posted(this.floor, now);
    const { sendId } = flight;
    this.emit({ kind: 'post', utteranceId, sendId, message: speechMessageOf(utterance) });
  }

  postAnswered(sendId: number, outcome: PostOutcome, now: number): void {
    const flight = this.flight;
    if (flight?.sendId !== sendId || flight.phase !== 'posting') return;
    switch (outcome) {
      case 'accepted':
      case 'unknown':
        this.takenOver(flight, outcome === 'unknown', now);
        return;
      case 'throttled':
      case 'unreachable':
        this.notAccepted(flight.utterance, now);
        return;
      case 'abandoned':
        this.flight = undefined;
        this.pausedUntil = now + ABANDONED_PAUSE_MS;
        flight.utterance.putBack();
        return;
      case 'refused':
      case 'no-control-url':
        this.flight = undefined;
        this.refused = {
          utterance: flight.utterance,
          reason: outcome === 'refused' ? 'control-refused' : 'no-control-url',
        };
        this.emit({ kind: 'look-up-call' });
    }
  }

  /** Whether the call that refused has ended; that is in {@link CallPresence} by now. */
  lookedUp(now: number): void {
    if (this.refused === undefined) return;
    const { utterance, reason } = this.refused;
    this.refused = undefined;
    utterance.attempt = utterance.repeats;
    this.ledger.finish(utterance, 'undelivered', now, this.presence.isEnded ? 'call-ended' : reason);
  }

  /** A predecessor died between the POST and its outcome: it may have been said, so it is not said again. */
  orphaned(utterance: Utterance, now: number): void {
    this.landing.giveUp(utterance, now);
  }

  /** Times at which {@link decide} may decide otherwise than now. */
  wakeTimes(now: number): number[] {
    const times = [this.pausedUntil, this.flight?.wakeAt(this.floor, this.settings) ?? Infinity];
    if (this.flight !== undefined) times.push(this.flight.blindEndAt, this.presence.endSeenAt + END_SETTLE_MS);
    for (const utterance of this.row.waiting) {
      times.push(utterance.expiresAt, holdEndsAt(utterance), releaseAt(utterance, this.scene(), now));
    }
    return times;
  }

  private settle(now: number): void {
    const { flight } = this;
    if (flight === undefined) return;
    const isOver = flight.phase === 'sent' && now >= this.presence.endSeenAt + END_SETTLE_MS;
    const verdict =
      flight.verdict(this.floor, this.settings, now) ?? (isOver ? flight.lastVerdict(this.floor, now) : undefined);
    if (verdict !== undefined) this.land(flight, verdict, now);
  }

  private land(flight: Flight, verdict: FlightVerdict, now: number): void {
    this.showSpeech();
    this.flight = undefined;
    if (flight.utterance.plan.class === 'progress') this.progressFreeAt = now + PROGRESS_GAP_MS;
    this.landing.land(flight, verdict, now);
  }

  private takenOver(flight: Flight, isUncertain: boolean, now: number): void {
    const { utterance } = flight;
    flight.answered(isUncertain, now);
    utterance.state = 'sent';
    utterance.times.sentAt = now;
    this.blindFreeAt = flight.blindEndAt;
    if (utterance.wording === 'silent') this.land(flight, 'unconfirmed', now);
    else this.showSpeech();
  }

  private notAccepted(utterance: Utterance, now: number): void {
    this.flight = undefined;
    const backoff = POST_BACKOFF_MS[utterance.refusals];
    utterance.refusals += 1;
    if (backoff === undefined) {
      utterance.attempt = utterance.repeats;
      this.ledger.finish(utterance, 'undelivered', now, 'control-unreachable');
      return;
    }
    this.pausedUntil = now + backoff;
    utterance.putBack();
  }

  private startNext(now: number): void {
    const next = this.flight === undefined ? this.nextOf(now) : this.nextDespite(this.flight, now);
    if (next === undefined) return;
    next.state = 'sending';
    next.attempt = next.repeats + 1;
    next.times.sendingAt = now;
    this.sends += 1;
    this.recording = new Flight(next, this.sends);
    this.ledger.sending(next);
  }

  /** The first that may be said now. Only the head of the row is held, so that each hold is bounded on its own. */
  private nextOf(now: number): Utterance | undefined {
    let isHeadSeen = false;
    for (const utterance of this.row.waiting) {
      if (isHeadSeen && !isImmediate(utterance)) continue;
      if (releaseAt(utterance, this.scene(), now) <= now) return utterance;
      if (isImmediate(utterance)) continue;
      if (!this.hold(utterance, now)) return utterance;
      isHeadSeen ||= utterance.isWaiting;
    }
    return undefined;
  }

  /** @returns false when the hold has just ended in a way that lets it be sent */
  private hold(utterance: Utterance, now: number): boolean {
    if (!this.presence.isLive) return true;
    if (utterance.times.heldAt === undefined) {
      utterance.state = 'held';
      utterance.times.heldAt = now;
    }
    if (now < holdEndsAt(utterance)) return true;
    switch (utterance.plan.onHoldExpired) {
      case 'drop':
        this.ledger.finish(utterance, 'undelivered', now, 'hold-policy');
        return true;
      case 'silent':
        utterance.wording = 'silent';
        return false;
      case 'speak':
        // Sent now, unless it must not cut the assistant off.
        return releaseAt(utterance, this.scene(), now) > now;
    }
  }

  /** What may be sent although one is under way: it cuts in, or without speech events the time of the other is up. */
  private nextDespite(flight: Flight, now: number): Utterance | undefined {
    if (flight.phase !== 'sent') return undefined;
    if (!this.floor.isKnown && now >= flight.blindEndAt && this.row.waiting.length > 0) {
      this.land(flight, 'unconfirmed', now);
      return this.nextOf(now);
    }
    if (!this.presence.isLive) return undefined;
    return this.row.waiting.find((utterance) => mayCutOff(utterance, flight.utterance));
  }

  /** `next` is about to replace the speech under way. @returns false when it may not */
  private cutOff(flight: Flight, next: Utterance, now: number): boolean {
    if (flight.phase !== 'sent' || !mayCutOff(next, flight.utterance)) return false;
    this.land(flight, flight.speechStartedAt === undefined ? 'unconfirmed' : 'interrupted', now);
    return true;
  }

  private showSpeech(): void {
    const { flight } = this;
    if (flight?.phase !== 'sent' || flight.speechStartedAt === undefined) return;
    flight.utterance.state = 'speaking';
    flight.utterance.times.speakingAt = flight.speechStartedAt;
  }

  private scene(): ReleaseScene {
    const { floor, settings, blindFreeAt, progressFreeAt } = this;
    const { isLive, liveSince } = this.presence;
    return { floor, settings, isLive, liveSince, blindFreeAt, progressFreeAt };
  }
}
