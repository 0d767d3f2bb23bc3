import type { SpeechClass } from '@interject/contracts';
import { TOGETHER_MAX_CHARACTERS, TOGETHER_MAX_COUNT } from './speech-settings.js';
import type { Utterance } from './utterance.js';

const RANK: Readonly<Record<SpeechClass, number>> = { urgent: 0, result: 1, latest: 2, progress: 3 };

/** Rank after which nothing is to come: it hangs up. */
function rankOf({ plan }: Utterance): number {
  return plan.endCallAfter ? Math.max(RANK[plan.class], RANK.latest) + 0.5 : RANK[plan.class];
}

/** What waits to be said, in the order in which it is to be said: by class, then as it came; last what ends the call. */
export function inSpeakingOrder(utterances: Iterable<Utterance>): Utterance[] {
  return [...utterances]
    .filter((utterance) => utterance.isWaiting)
    .sort((a, b) => rankOf(a) - rankOf(b) || a.order - b.order);
}

/**
 * True if `older` need not be said once `newer` waits too: class `latest` with the same `replaceKey`, or progress
 * reports of one tool call.
 */
export function isReplacedBy(older: Utterance, newer: Utterance): boolean {
  if (older.order >= newer.order || older.plan.class !== newer.plan.class) return false;
  if (older.plan.class === 'progress') {
    return older.content.source === newer.content.source && subjectOf(older) === subjectOf(newer);
  }
  const subject = subjectOf(older);
  return older.plan.class === 'latest' && subject !== undefined && subject === subjectOf(newer);
}

/**
 * What an utterance is about, as far as newer ones replace it: its key, else the tool call whose progress it tells, else
 * its tool. Nothing tells it of an announcement without a key.
 */
function subjectOf({ plan, content }: Utterance): string | undefined {
  if (plan.replaceKey !== undefined) return `key ${plan.replaceKey}`;
  if (content.source === 'progress') return `tool call ${content.toolCallId ?? ''}`;
  return content.tool === undefined ? undefined : `tool ${content.tool}`;
}

/**
 * What is said in one go with `head`: those that follow it, wait for the same, and allow the same. Order is kept: the first
 * that cannot be joined ends it.
 *
 * @param waiting in speaking order, `head` among them
 */
export function togetherWith(head: Utterance, waiting: readonly Utterance[]): [Utterance, ...Utterance[]] {
  const together: [Utterance, ...Utterance[]] = [head];
  if (!isJoinable(head) || head.plan.endCallAfter) return together;
  let characters = head.words.length;
  for (const next of waiting.slice(waiting.indexOf(head) + 1)) {
    if (next.plan.class === 'progress') continue;
    characters += next.words.length;
    const isFull = together.length >= TOGETHER_MAX_COUNT || characters > TOGETHER_MAX_CHARACTERS;
    if (isFull || !isJoinable(next) || !isAlike(head, next)) break;
    together.push(next);
    if (next.plan.endCallAfter) break;
  }
  return together;
}

function isJoinable({ wording, plan, content }: Utterance): boolean {
  const isWorthy = plan.class !== 'progress' && content.source !== 'filler';
  return isWorthy && wording === 'verbatim' && plan.timing !== 'interrupt';
}

function isAlike(a: Utterance, b: Utterance): boolean {
  return (
    a.plan.timing === b.plan.timing &&
    (a.plan.callerMayInterrupt === b.plan.callerMayInterrupt || b.plan.endCallAfter) &&
    // A caller who has cut it off once gets it in smaller pieces.
    a.repeats === 0 &&
    b.repeats === 0
  );
}

/** True if `next` need not wait for `current`, of which nothing is heard. */
export function mayGoAhead(next: Utterance, current: Utterance): boolean {
  return RANK[next.plan.class] < RANK[current.plan.class];
}

/** True if `next` may replace `current` while that is being said: it cuts in, and is worth more. */
export function mayCutOff(next: Utterance, current: Utterance): boolean {
  if (next.plan.timing !== 'interrupt' || next.wording !== 'verbatim') return false;
  const difference = RANK[next.plan.class] - RANK[current.plan.class];
  return difference < 0 || (difference === 0 && current.plan.timing !== 'interrupt');
}
