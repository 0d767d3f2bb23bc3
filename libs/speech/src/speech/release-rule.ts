import type { Floor } from './floor.js';
import { isForNextTurn } from './speech-message.js';
import { HOLD_COURTESY_SHARE, UNSEEN_HOLD_MS } from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';
import type { Utterance } from './utterance.js';

/** What decides when a waiting utterance may be said, beside its plan. */
export interface ReleaseScene {
  readonly floor: Floor;
  readonly settings: SpeechSettings;
  /** The call is in progress, as far as is known. */
  readonly isLive: boolean;
  readonly liveSince: number;
  /** Without speech events: when the utterance before will have been said. */
  readonly blindFreeAt: number;
  /** When speech of class `progress` was last said. */
  readonly lastProgressAt: number;
}

/** Why an utterance waits; for people who ask why the caller does not hear it. */
export type Blocker =
  | 'muted'
  | 'call-not-live'
  | 'caller-speaks'
  | 'assistant-speaks'
  | 'quiet-time'
  | 'reply-grace'
  | 'no-speech-events'
  | 'next-turn'
  | 'progress-gap'
  | 'its-turn';

/** What `utterance` waits for. */
export function blockerOf(utterance: Utterance, scene: ReleaseScene, now: number): Blocker {
  const { floor } = scene;
  if (!scene.isLive) return 'call-not-live';
  if (releaseAt(utterance, scene, now) <= now) return 'its-turn';
  if (!floor.isKnown) return 'no-speech-events';
  if (floor.isSpeaking('caller', now)) return 'caller-speaks';
  if (utterance.plan.timing === 'next-turn') return 'next-turn';
  if (floor.isSpeaking('assistant', now)) return 'assistant-speaks';
  if (floor.idleAt() <= now) return 'progress-gap';
  return floor.isReplyDue && now >= floor.silentFrom() + scene.settings.quietMs ? 'reply-grace' : 'quiet-time';
}

/** An utterance that takes no notice of who talks: without a sound of its own, or cutting in. */
export function isImmediate(utterance: Utterance): boolean {
  return isSoundless(utterance) || utterance.plan.timing === 'interrupt';
}

/** It makes nobody speak just now. */
export function isSoundless(utterance: Utterance): boolean {
  return utterance.wording === 'silent' || isForNextTurn(utterance);
}

/** When the hold of `utterance` ends at the latest; Infinity while it is not held. */
export function holdEndsAt(utterance: Utterance): number {
  return utterance.times.heldAt === undefined ? Infinity : utterance.times.heldAt + utterance.plan.maxHoldMs;
}

/**
 * From when on `utterance` may be sent if nothing else happens (`now` or earlier: at once). Infinity: only an event can
 * release it.
 */
export function releaseAt(utterance: Utterance, scene: ReleaseScene, now: number): number {
  if (!scene.isLive) return Infinity;
  if (isSoundless(utterance)) return now;
  // A message that makes the model reply would cut the assistant off (VAPI.md 2.4).
  const politeAt = utterance.wording === 'assistant' ? scene.floor.freeAt('assistant') : now;
  if (utterance.plan.timing === 'interrupt') return politeAt;
  const opportunity = Math.max(opportunityAt(utterance, scene, now), gapOf(utterance, scene));
  return Math.max(Math.min(opportunity, forcedAt(utterance, scene, now)), politeAt);
}

/** The moment to say them together is still there. @param utterances in speaking order */
export function isRipe(utterances: readonly [Utterance, ...Utterance[]], scene: ReleaseScene, now: number): boolean {
  return utterances.every(({ expiresAt }) => now < expiresAt) && releaseAt(utterances[0], scene, now) <= now;
}

/**
 * When the hold makes it be said. The bound may fall into the middle of a word of the caller: then it waits a little for the
 * end of that.
 */
function forcedAt(utterance: Utterance, { floor }: ReleaseScene, now: number): number {
  if (utterance.plan.onHoldExpired !== 'speak') return Infinity;
  const boundAt = holdEndsAt(utterance);
  if (!floor.isSpeaking('caller', now)) return boundAt;
  const latest = boundAt + HOLD_COURTESY_SHARE * utterance.plan.maxHoldMs;
  return Math.max(boundAt, Math.min(floor.freeAt('caller'), latest));
}

function gapOf(utterance: Utterance, scene: ReleaseScene): number {
  return utterance.plan.class === 'progress' ? scene.lastProgressAt + utterance.plan.minGapMs : -Infinity;
}

function opportunityAt(utterance: Utterance, scene: ReleaseScene, now: number): number {
  const { floor, settings } = scene;
  if (!floor.isKnown) {
    const { queuedAt } = utterance.content;
    const heldUntil = Math.max(queuedAt, scene.liveSince) + settings.blindHoldMs;
    return Math.max(heldUntil, scene.blindFreeAt, floor.uncertainSince + UNSEEN_HOLD_MS);
  }
  if (utterance.plan.timing === 'next-turn') {
    // `say` queues behind the speech that is going on and so comes with this turn (VAPI.md 2.4).
    return floor.holder(now) === 'assistant' ? now : Infinity;
  }
  return Math.max(floor.idleAt(), floor.uncertainSince + UNSEEN_HOLD_MS);
}
