import type { Floor } from './floor.js';
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
  /** When the next progress report may be said. */
  readonly progressFreeAt: number;
}

/** An utterance that takes no notice of who talks: silent, or cutting in. */
export function isImmediate(utterance: Utterance): boolean {
  return utterance.wording === 'silent' || utterance.plan.timing === 'interrupt';
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
  if (utterance.wording === 'silent') return now;
  // A message that makes the model reply would cut the assistant off (VAPI.md 2.4).
  const politeAt = utterance.wording === 'assistant' ? scene.floor.freeAt('assistant') : now;
  if (utterance.plan.timing === 'interrupt') return politeAt;
  const opportunity = Math.max(opportunityAt(utterance, scene, now), gapOf(utterance, scene));
  const forcedAt = utterance.plan.onHoldExpired === 'speak' ? holdEndsAt(utterance) : Infinity;
  return Math.max(Math.min(opportunity, forcedAt), politeAt);
}

function gapOf(utterance: Utterance, scene: ReleaseScene): number {
  return utterance.plan.class === 'progress' ? scene.progressFreeAt : -Infinity;
}

function opportunityAt(utterance: Utterance, scene: ReleaseScene, now: number): number {
  const { floor, settings } = scene;
  if (!floor.isKnown) {
    const { queuedAt } = utterance.content;
    return Math.max(queuedAt + settings.blindHoldMs, scene.liveSince + settings.blindHoldMs, scene.blindFreeAt);
  }
  if (utterance.plan.timing === 'next-turn') {
    // `say` queues behind the speech that is going on and so comes with this turn (VAPI.md 2.4).
    return floor.holder(now) === 'assistant' ? now : Infinity;
  }
  return floor.idleAt();
}
