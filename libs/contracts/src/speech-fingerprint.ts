import { MAX_FINGERPRINT } from './events/floor-changed.js';
import { fnv1a } from './partition.js';

/**
 * Words of a text as hashes, in order. What Vapi tells of its speech is transcribed anew, lower-cased and merged
 * (VAPI.md 2.4), so texts are compared word by word, and no transcript is passed on.
 *
 * @returns at most {@link MAX_FINGERPRINT} unsigned 32-bit numbers, of the text's last words
 */
export function speechFingerprint(text: string): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(-MAX_FINGERPRINT).map(fnv1a);
}

/** Share of `ours` that occurs in `seen`, 0 to 1; 0 for an empty text. */
export function fingerprintShare(ours: readonly number[], seen: readonly number[]): number {
  if (ours.length === 0) return 0;
  const known = new Set(seen);
  return ours.filter((word) => known.has(word)).length / ours.length;
}
