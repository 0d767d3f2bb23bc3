import type { ToldSpeech } from '../vapi/crowd-call.js';
import { LATE_FOR_MS, LOST_FOR_MS } from './bounds.js';
import type { Hearing } from './bounds.js';

/** Looks up whether a change of who speaks was stored. */
export type HasFloor = (key: string) => boolean;

interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * How much the notifier could know of who speaks, in a part of a call: the evidence is Vapi's side (what was sent, when it
 * was answered) and the stored FLOOR, and only what fell into that part, or was told so late that it matters there.
 */
export function hearingIn(told: readonly ToldSpeech[], hasFloor: HasFloor, { from, until }: Span): Hearing {
  const meets = (span: Span): boolean => span.from <= until && span.until >= from;
  const isLost = (each: ToldSpeech): boolean =>
    each.isTaken && !hasFloor(each.key) && meets({ from: each.from, until: each.from + LOST_FOR_MS });
  if (told.some(isLost)) return 'lost';
  const isLate = ({ from: begun, unsureUntil }: ToldSpeech): boolean =>
    unsureUntil !== undefined && meets({ from: begun, until: unsureUntil + LATE_FOR_MS });
  return told.some(isLate) ? 'late' : 'clear';
}

/** Whether speech was told late, or never, while something was said: nobody can know then what became of it. */
export function isBlurred(told: readonly ToldSpeech[], hasFloor: HasFloor, { from, until }: Span): boolean {
  return told.some((each) => {
    if (each.from > until) return false;
    if (each.isTaken && !hasFloor(each.key)) return each.from + LOST_FOR_MS >= from;
    return each.unsureUntil !== undefined && each.unsureUntil >= from;
  });
}
