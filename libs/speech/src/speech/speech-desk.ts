import type { UndeliveredReason } from '@interject/contracts';
import type { PostOutcome } from '../calls/call-inputs.types.js';
import type { CallParts } from '../calls/call-parts.types.js';
import type { FloorEdge } from './floor.js';
import { Flight } from './flight.js';
import type { FlightVerdict } from './flight.js';
import { Landing } from './landing.js';
import { NextSpeech } from './next-speech.js';
import { blockerOf, holdEndsAt, isRipe, isSoundless, releaseAt } from './release-rule.js';
import type { Blocker, ReleaseScene } from './release-rule.js';
import type { SpeechLedger } from './speech-ledger.js';
import { SpeechPace } from './speech-pace.js';
import { speechMessageOf, textOf } from './speech-message.js';
import { ABANDONED_PAUSE_MS, END_SETTLE_MS, POST_BACKOFF_MS, PROGRESS_CONFIRM_MS } from './speech-settings.js';
import type { Utterance } from './utterance.js';
import { mayCutOff, mayGoAhead, togetherWith } from './utterance-queue.js';
import type { UtteranceRow } from './utterance-row.js';

/** Decides what one call hears next, and follows it until it was heard: one speech at a time. */
export class SpeechDesk {
  /** Waits for its `sending` records to be stored. */
  private recording: Flight | undefined;
  /** POSTed, and not yet settled. */
  private flight: Flight | undefined;
  /** Was under way when speech that cuts in was sent; it goes on if that is not accepted. */
  private displaced: Flight | undefined;
  /** Refused; its end depends on whether the call has ended. */
  private refused: { readonly flight: Flight; readonly reason: UndeliveredReason } | undefined;
  private sends = 0;
  private pausedUntil = -Infinity;
  private blindFreeAt = -Infinity;
  private lastProgressAt = -Infinity;
  private wasLastUnconfirmed = false;
  private readonly pace: SpeechPace;
  private readonly landing: Landing;
  private readonly next: NextSpeech;

  constructor(
    private readonly parts: CallParts,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
  ) {
    const { settings, presence, outbox } = parts;
    this.pace = new SpeechPace(settings.characterMs);
    this.landing = new Landing(presence, row, ledger, outbox);
    this.next = new NextSpeech(presence, row, ledger);
  }

  /** True while something is on its way to be said. */
  get isBusy(): boolean {
    return [this.recording, this.flight, this.displaced, this.refused].some((one) => one !== undefined);
  }

  /** True from the decision to send until the POST is answered. */
  get isSending(): boolean {
    return this.recording !== undefined || this.flight?.phase === 'posting';
  }

  observe(edge: FloorEdge, now: number): void {
    const { floor } = this.parts;
    this.displaced?.observe(edge, floor, now);
    this.flight?.observe(edge, floor, now);
    this.showSpeech();
  }

  /**
   * Settles what is under way and starts what may be said now.
   *
   * @param maySend false: nothing new is started
   * @param isMuted because speech is switched off: what is too late by now is so on that account
   */
  decide(now: number, maySend: boolean, isMuted = false): void {
    this.settle(now);
    this.row.expire(now, isMuted);
    if (this.parts.presence.isEnded) {
      this.row.closeAll(now, isMuted);
    } else if (maySend && this.recording === undefined && this.refused === undefined && now >= this.pausedUntil) {
      this.startNext(now);
    }
  }

  /** A `sending` record is stored: once all are, the speech is sent, unless the moment has passed. */
  sendingRecorded(utteranceId: string, isStale: boolean, now: number): void {
    const flight = this.recording;
    if (flight?.has(utteranceId) !== true) return;
    flight.isStale ||= isStale;
    if (!flight.recorded(utteranceId)) return;
    this.recording = undefined;
    if (flight.isStale) this.pausedUntil = now + ABANDONED_PAUSE_MS;
    if (flight.isStale || !isRipe(flight.utterances, this.scene(), now) || !this.makeWay(flight)) {
      this.landing.putBack(flight);
      return;
    }
    this.flight = flight;
    flight.posted(this.parts.floor, now);
    const utteranceIds = flight.utterances.map(({ id }) => id);
    this.parts.outbox.push({ kind: 'post', utteranceIds, sendId: flight.sendId, message: speechMessageOf(flight) });
  }

  /** The connection stands and the request is about to be written: may it still be said? */
  mayWrite(sendId: number, now: number): boolean {
    const { flight } = this;
    if (flight?.sendId !== sendId || flight.phase !== 'posting') return false;
    if (this.parts.presence.isEnded || !isRipe(flight.utterances, this.scene(), now)) return false;
    // Speech that began while the connection was made is not ours.
    flight.posted(this.parts.floor, now);
    return true;
  }

  postAnswered(sendId: number, outcome: PostOutcome, now: number): void {
    const flight = this.flight;
    if (flight?.sendId !== sendId || flight.phase !== 'posting') return;
    switch (outcome) {
      case 'accepted':
      case 'unknown':
        this.accepted(flight, outcome === 'unknown', now);
        return;
      case 'throttled':
      case 'unreachable':
        this.notAccepted(flight, now);
        return;
      case 'abandoned':
        this.resume();
        this.pausedUntil = now + ABANDONED_PAUSE_MS;
        this.landing.putBack(flight);
        return;
      case 'refused':
      case 'no-control-url':
        this.resume();
        this.refused = { flight, reason: outcome === 'refused' ? 'control-refused' : 'no-control-url' };
        this.parts.outbox.push({ kind: 'look-up-call' });
    }
  }

  /** Whether the call that refused has ended; that is in {@link CallPresence} by now. */
  lookedUp(now: number): void {
    if (this.refused === undefined) return;
    const { flight, reason } = this.refused;
    this.refused = undefined;
    this.landing.undeliver(flight, this.parts.presence.isEnded ? 'call-ended' : reason, now);
  }

  /** A predecessor died between the POST and its outcome: it may have been said, so it is not said again. */
  orphaned(utterance: Utterance, now: number): void {
    this.landing.giveUp(utterance, now);
  }

  /** Why `utterance` is not said yet; nothing when it does not wait. */
  blockerOf(utterance: Utterance, now: number): Blocker | undefined {
    return utterance.isWaiting ? blockerOf(utterance, this.scene(), now) : undefined;
  }

  /** Times at which {@link decide} may decide otherwise than now. */
  wakeTimes(now: number): number[] {
    const times = [this.pausedUntil, this.flight?.wakeAt(this.parts.floor, now) ?? Infinity];
    if (this.flight !== undefined) {
      const { blindEndAt, giveWayAt, awaitedUntil } = this.flight;
      times.push(
        blindEndAt,
        awaitedUntil,
        giveWayAt + PROGRESS_CONFIRM_MS,
        this.parts.presence.endSeenAt + END_SETTLE_MS,
      );
    }
    const scene = this.scene();
    for (const utterance of this.row.waiting) {
      times.push(utterance.expiresAt, holdEndsAt(utterance), releaseAt(utterance, scene, now));
    }
    return times;
  }

  private settle(now: number): void {
    const { flight } = this;
    if (flight === undefined) return;
    const isOver = flight.phase === 'sent' && now >= this.parts.presence.endSeenAt + END_SETTLE_MS;
    const verdict =
      flight.verdict(this.parts.floor, now) ?? (isOver ? flight.lastVerdict(this.parts.floor, now) : undefined);
    // Also when its outcome never came.
    if (flight.phase === 'sent') this.landDisplaced(flight, now);
    if (verdict !== undefined) this.land(flight, verdict, now);
  }

  private landDisplaced(by: Flight, now: number): void {
    const { displaced } = this;
    if (displaced === undefined) return;
    this.displaced = undefined;
    this.land(displaced, displaced.verdictReplaced(by.sentAt, this.parts.floor, now), now);
    this.flight = by;
  }

  private land(flight: Flight, verdict: FlightVerdict, now: number): void {
    this.showSpeech();
    this.flight = undefined;
    this.wasLastUnconfirmed = verdict === 'unconfirmed' && !isSoundless(flight.head);
    if (flight.head.plan.class === 'progress') this.lastProgressAt = now;
    const { speechStartedAt, speechStoppedAt, text, head } = flight;
    if (speechStartedAt !== undefined && flight.isEndLost(now)) this.parts.floor.assistantIsOver(speechStartedAt, now);
    if (verdict === 'heard' && head.wording === 'verbatim' && speechStartedAt !== undefined) {
      this.pace.learn(text, (speechStoppedAt ?? now) - speechStartedAt);
    }
    this.landing.land(flight, verdict, now);
  }

  private accepted(flight: Flight, isUncertain: boolean, now: number): void {
    flight.answered(isUncertain, now);
    this.landDisplaced(flight, now);
    for (const utterance of flight.utterances) {
      utterance.state = 'sent';
      utterance.times.sentAt = now;
    }
    if (isSoundless(flight.head)) {
      this.land(flight, 'unconfirmed', now);
    } else {
      this.blindFreeAt = flight.blindEndAt;
      this.showSpeech();
    }
  }

  private notAccepted(flight: Flight, now: number): void {
    this.resume();
    const backoff = POST_BACKOFF_MS[flight.head.refusals];
    for (const utterance of flight.utterances) utterance.refusals += 1;
    if (backoff === undefined) {
      this.landing.undeliver(flight, 'control-unreachable', now);
      return;
    }
    this.pausedUntil = now + backoff;
    this.landing.putBack(flight);
  }

  private startNext(now: number): void {
    const head = this.flight === undefined ? this.next.choose(this.scene(), now) : this.nextDespite(this.flight, now);
    if (head === undefined) return;
    const utterances = togetherWith(head, this.row.waiting);
    this.sends += 1;
    this.recording = new Flight(
      utterances,
      textOf(utterances),
      this.sends,
      this.parts.settings,
      this.pace,
      this.wasLastUnconfirmed,
    );
    for (const utterance of utterances) {
      utterance.state = 'sending';
      utterance.attempt = utterance.repeats + 1;
      utterance.times.sendingAt = now;
      if (utterance !== head) utterance.saidWith = head.id;
      this.ledger.sending(utterance);
    }
  }

  /** What may be sent although one is under way: it cuts in, or the time of the other is up. */
  private nextDespite(flight: Flight, now: number): Utterance | undefined {
    if (flight.phase !== 'sent') return undefined;
    const { waiting } = this.row;
    const isBlindEnd = !this.parts.floor.isKnown && now >= flight.blindEndAt && waiting.length > 0;
    const givesWay =
      now >= flight.giveWayAt + PROGRESS_CONFIRM_MS && waiting.some((next) => mayGoAhead(next, flight.head));
    if (isBlindEnd || givesWay) {
      this.land(flight, 'unconfirmed', now);
      return this.next.choose(this.scene(), now);
    }
    if (!this.parts.presence.isLive || flight.isAwaited(now)) return undefined;
    return waiting.find((utterance) => mayCutOff(utterance, flight.head));
  }

  /** `next` is about to be sent: what is under way may be replaced by it. @returns false when it may not be */
  private makeWay(next: Flight): boolean {
    const { flight } = this;
    if (flight === undefined) return true;
    if (flight.phase !== 'sent' || !mayCutOff(next.head, flight.head)) return false;
    this.displaced = flight;
    return true;
  }

  /** Speech that cuts in was not accepted: what it was to replace goes on. */
  private resume(): void {
    this.flight = this.displaced;
    this.displaced = undefined;
  }

  private showSpeech(): void {
    const { flight } = this;
    if (flight?.phase !== 'sent' || flight.speechStartedAt === undefined) return;
    for (const utterance of flight.utterances) {
      utterance.state = 'speaking';
      utterance.times.speakingAt = flight.speechStartedAt;
    }
  }

  private scene(): ReleaseScene {
    const { blindFreeAt, lastProgressAt } = this;
    const { floor, settings, presence } = this.parts;
    const { isLive, liveSince } = presence;
    return { floor, settings, isLive, liveSince, blindFreeAt, lastProgressAt };
  }
}
