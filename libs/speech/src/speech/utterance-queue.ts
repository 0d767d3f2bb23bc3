import type { SpeechClass } from '@interject/contracts';
import type { Utterance } from './utterance.js';

const RANK: Readonly<Record<SpeechClass, number>> = { urgent: 0, result: 1, latest: 2, progress: 3 };

/** What waits to be said, in the order in which it is to be said: by class, then as it came. */
export function inSpeakingOrder(utterances: Iterable<Utterance>): Utterance[] {
  return [...utterances]
    .filter((utterance) => utterance.isWaiting)
    .sort((a, b) => RANK[a.plan.class] - RANK[b.plan.class] || a.order - b.order);
}

/**
 * True if `older` need not be said once `newer` waits too: class `latest` with the same `replaceKey`, or progress
 * reports of one tool call.
 */
export function isReplacedBy(older: Utterance, newer: Utterance): boolean {
  if (older.order >= newer.order || older.plan.class !== newer.plan.class) return false;
  if (older.content.source === 'progress' && newer.content.source === 'progress') {
    return older.content.toolCallId === newer.content.toolCallId;
  }
  return older.plan.class === 'latest' && older.plan.replaceKey === newer.plan.replaceKey;
}

/** True if `next` may replace `current` while that is being said: it cuts in, and is worth more. */
export function mayCutOff(next: Utterance, current: Utterance): boolean {
  if (next.plan.timing !== 'interrupt' || next.wording !== 'verbatim') return false;
  const difference = RANK[next.plan.class] - RANK[current.plan.class];
  return difference < 0 || (difference === 0 && current.plan.timing !== 'interrupt');
}
