import type { CallPresence } from '../calls/call-presence.js';
import { holdEndsAt, isImmediate, releaseAt } from './release-rule.js';
import type { ReleaseScene } from './release-rule.js';
import type { SpeechLedger } from './speech-ledger.js';
import type { Utterance } from './utterance.js';
import type { UtteranceRow } from './utterance-row.js';

/** Chooses what is said next, and holds what may not be said yet. */
export class NextSpeech {
  constructor(
    private readonly presence: CallPresence,
    private readonly row: UtteranceRow,
    private readonly ledger: SpeechLedger,
  ) {}

  /** The first that may be said now. Only the head of the row is held, so that each hold is bounded on its own. */
  choose(scene: ReleaseScene, now: number): Utterance | undefined {
    let isHeadSeen = false;
    for (const utterance of this.row.waiting) {
      if (isHeadSeen && !isImmediate(utterance)) continue;
      if (releaseAt(utterance, scene, now) <= now) return utterance;
      if (isImmediate(utterance)) continue;
      if (!this.hold(utterance, scene, now)) return utterance;
      isHeadSeen ||= utterance.isWaiting;
    }
    return undefined;
  }

  /** @returns false when the hold has just ended in a way that lets it be sent */
  private hold(utterance: Utterance, scene: ReleaseScene, now: number): boolean {
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
        return releaseAt(utterance, scene, now) > now;
    }
  }
}
