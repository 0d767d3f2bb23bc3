import type { UndeliveredReason } from '@interject/contracts';
import type { CallPresence } from '../calls/call-presence.js';
import type { Outbox } from '../calls/outbox.js';
import type { Flight, FlightVerdict } from './flight.js';
import type { SpeechLedger } from './speech-ledger.js';
import { contextMessageOf, isForNextTurn } from './speech-message.js';
import { MAX_REPEATS } from './speech-settings.js';
import type { Utterance } from './utterance.js';
import type { UtteranceRow } from './utterance-row.js';

/** Draws the consequences of a verdict: each utterance of the flight is done, or is said again. */
export class Landing {
  constructor(
    private readonly presence: CallPresence,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
    private readonly outbox: Outbox,
  ) {}

  land(flight: Flight, verdict: FlightVerdict, now: number): void {
    for (const utterance of flight.utterances) this.landOne(utterance, flight, verdict, now);
    this.row.replaceStale(now);
  }

  /** It was certainly not said, and will not be. */
  undeliver({ utterances }: Flight, reason: UndeliveredReason, now: number): void {
    for (const utterance of utterances) {
      utterance.attempt = utterance.repeats;
      this.ledger.finish(utterance, 'undelivered', now, reason);
    }
  }

  /** It was certainly not said, and waits again. */
  putBack({ utterances }: Flight): void {
    for (const utterance of utterances) this.ledger.putBack(utterance);
  }

  /** Nobody will know whether it was heard, and it is not said again. @param wasRecognised the model knows its text */
  giveUp(utterance: Utterance, now: number, wasRecognised = false): void {
    this.ledger.finish(utterance, 'unconfirmed', now);
    const isSpoken = utterance.wording !== 'silent' && !isForNextTurn(utterance);
    const isWanted = utterance.plan.onUnconfirmed === 'context' && isSpoken && !wasRecognised;
    if (isWanted && this.presence.isLive)
      this.outbox.push({ kind: 'post-context', message: contextMessageOf(utterance) });
  }

  private landOne(utterance: Utterance, flight: Flight, verdict: FlightVerdict, now: number): void {
    const { speechStoppedAt, wasRecognised } = flight;
    switch (verdict) {
      case 'heard':
        if (speechStoppedAt !== undefined) utterance.times.endedAt = speechStoppedAt;
        this.ledger.finish(utterance, 'heard', now);
        return;
      case 'interrupted':
        if (flight.wasOver(utterance, now)) this.ledger.finish(utterance, 'heard', now);
        else this.interrupted(utterance, now);
        return;
      case 'retry':
        // Its next `sending` record tells of the second attempt.
        utterance.hasRetriedUnknown = true;
        utterance.requeue('unconfirmed');
        return;
      case 'unconfirmed':
        this.unconfirmed(utterance, wasRecognised, now);
    }
  }

  private interrupted(utterance: Utterance, now: number): void {
    const isRepeated = utterance.plan.onInterrupted === 'repeat' && utterance.repeats < MAX_REPEATS;
    if (!isRepeated || now >= utterance.expiresAt) this.ledger.finish(utterance, 'interrupted', now);
    else this.ledger.again(utterance, 'interrupted', now);
  }

  private unconfirmed(utterance: Utterance, wasRecognised: boolean, now: number): void {
    const isWanted = utterance.plan.onUnconfirmed === 'repeat' && utterance.repeats === 0 && !wasRecognised;
    const isPossible = !this.presence.isEnded && now < utterance.expiresAt && utterance.wording !== 'silent';
    if (isWanted && isPossible && !isForNextTurn(utterance)) this.ledger.again(utterance, 'unconfirmed', now);
    else this.giveUp(utterance, now, wasRecognised);
  }
}
