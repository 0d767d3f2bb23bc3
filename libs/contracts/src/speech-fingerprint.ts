import { MAX_FINGERPRINT } from './events/floor-changed.js';
import { fnv1a } from './partition.js';

/** Few enough to recognise a text by, too few to tell a word from the thousands that share its number. */
const WORD_CODES = 4096;

/**
 * Words of a text as numbers, without order or repetition. What Vapi tells of its speech is transcribed anew, lower-cased
 * and merged (VAPI.md 2.4), so texts are compared word by word, and no transcript is passed on.
 *
 * @returns at most {@link MAX_FINGERPRINT} numbers below 4096, ascending, of the text's last words
 */
export function speechFingerprint(text: string): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const codes = new Set(words.slice(-MAX_FINGERPRINT).map((word) => fnv1a(word) % WORD_CODES));
  return [...codes].sort((a, b) => a - b);
}

/** Share of `ours` that occurs in `seen`, 0 to 1; 0 for an empty text. */
export function fingerprintShare(ours: readonly number[], seen: readonly number[]): number {
  if (ours.length === 0) return 0;
  const known = new Set(seen);
  return ours.filter((word) => known.has(word)).length / ours.length;
}
