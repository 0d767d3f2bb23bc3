import type { CallAction } from '../calls/call-actions.types.js';
import type { CallPresence } from '../calls/call-presence.js';
import type { Flight, FlightVerdict } from './flight.js';
import type { SpeechLedger } from './speech-ledger.js';
import { contextMessageOf } from './speech-message.js';
import { MAX_REPEATS } from './speech-settings.js';
import type { Utterance } from './utterance.js';
import type { UtteranceRow } from './utterance-row.js';

/** Draws the consequences of a verdict: the utterance is done, or is said again. */
export class Landing {
  constructor(
    private readonly presence: CallPresence,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
    private readonly emit: (action: CallAction) => void,
  ) {}

  land({ utterance, speechStoppedAt }: Flight, verdict: FlightVerdict, now: number): void {
    switch (verdict) {
      case 'heard':
        if (speechStoppedAt !== undefined) utterance.times.endedAt = speechStoppedAt;
        this.ledger.finish(utterance, 'heard', now);
        return;
      case 'interrupted':
        this.interrupted(utterance, now);
        return;
      case 'retry':
        // Its next `sending` record tells of the second attempt.
        utterance.hasRetriedUnknown = true;
        utterance.requeue();
        return;
      case 'unconfirmed':
        this.unconfirmed(utterance, now);
    }
  }

  /** Nobody will know whether it was heard, and it is not said again. */
  giveUp(utterance: Utterance, now: number): void {
    this.ledger.finish(utterance, 'unconfirmed', now);
    const isWanted = utterance.plan.onUnconfirmed === 'context' && utterance.wording !== 'silent';
    if (isWanted && this.presence.isLive) this.emit({ kind: 'post-context', message: contextMessageOf(utterance) });
  }

  private interrupted(utterance: Utterance, now: number): void {
    const isRepeated = utterance.plan.onInterrupted === 'repeat' && utterance.repeats < MAX_REPEATS;
    if (!isRepeated || now >= utterance.expiresAt) {
      this.ledger.finish(utterance, 'interrupted', now);
      return;
    }
    this.ledger.again(utterance, 'interrupted', now);
    this.row.replaceStale(now);
  }

  private unconfirmed(utterance: Utterance, now: number): void {
    const isRepeated = utterance.plan.onUnconfirmed === 'repeat' && utterance.repeats === 0 && !this.presence.isEnded;
    if (!isRepeated || now >= utterance.expiresAt || utterance.wording === 'silent') {
      this.giveUp(utterance, now);
      return;
    }
    this.ledger.again(utterance, 'unconfirmed', now);
    this.row.replaceStale(now);
  }
}
