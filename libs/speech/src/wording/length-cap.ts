import { withoutEnd } from './tidy.js';

/** A sentence end counts when it leaves at least this share of what may be said. */
const MIN_SENTENCE_SHARE = 0.4;
const MIN_WORD_SHARE = 0.5;
const ENDS = new Set('.!?。！？؟।');
/** Ends without a space after them. */
const WIDE_ENDS = new Set('。！？');
const SHORT_WORDS = new Set(
  'dr mr mrs ms prof st no nr vs etc approx ca bzw usw sr sra dra inc ltd e.g i.e z.b p.m a.m'.split(' '),
);
const NUMBER_WORDS = new Set(
  'thousand million billion trillion minus plus point to and ending in dot slash at than least most power of'.split(
    ' ',
  ),
);
/** Between the parts of an amount ("5 dollars and 50 cents"), a range or an address. */
const JOINING_WORDS = new Set(['and', 'to', 'point', 'dot', 'slash', 'at']);

/** "Dr. May", "J. Doe" and the "22. November" of most of Europe go on. */
function isAbbreviation(text: string, at: number): boolean {
  const word =
    text
      .slice(Math.max(0, at - 12), at)
      .split(' ')
      .at(-1) ?? '';
  const next = text.slice(at + 1, at + 3);
  if (/^\d{1,2}$/.test(word)) return /^ \p{Lu}/u.test(next);
  return /^\p{L}$/u.test(word) || SHORT_WORDS.has(word.toLowerCase());
}

function lastSentenceEnd(text: string, from: number, to: number): number | undefined {
  for (let at = to - 1; at >= from; at -= 1) {
    const character = text.charAt(at);
    if (!ENDS.has(character)) continue;
    const isLast = WIDE_ENDS.has(character) || /^["”’»]?(?:\s|$)/.test(text.slice(at + 1, at + 3));
    if (isLast && !(character === '.' && isAbbreviation(text, at))) return at + 1;
  }
  return undefined;
}

/** A part of a number or of something spelled: half of it would be another one. */
function isOfNumber(word: string): boolean {
  return /[\d<>≤≥]/.test(word) || /^\p{Lu}[,.]?$/u.test(word) || NUMBER_WORDS.has(word.toLowerCase());
}

/** The last border of words before `to` that does not follow a part of a number; the last border if there is none. */
function lastWordEnd(text: string, to: number): number | undefined {
  const last = text.lastIndexOf(' ', to);
  let end = last;
  while (end >= to * MIN_WORD_SHARE) {
    const before = text.slice(text.lastIndexOf(' ', end - 1) + 1, end);
    const next = text.indexOf(' ', end + 1);
    const after = text.slice(end + 1, next === -1 ? undefined : next);
    if (!isOfNumber(before) && !JOINING_WORDS.has(after)) return end;
    end = text.lastIndexOf(' ', end - 1);
  }
  // A sign alone says nothing.
  return /[\p{L}\p{N}]/u.test(text.slice(0, Math.max(0, last))) ? last : undefined;
}

/**
 * Cuts a tidy line to `maxCharacters`: after a sentence if that keeps a good part of it, else after a word, and not
 * within a number. Nothing is put in place of what was cut: a voice says "..." badly, or not at all.
 */
export function capLength(line: string, maxCharacters: number): string {
  const max = Math.max(1, Math.floor(maxCharacters));
  if (line.length <= max) return line;
  const sentence = lastSentenceEnd(line, Math.floor(max * MIN_SENTENCE_SHARE), max);
  if (sentence !== undefined) return line.slice(0, sentence);
  const word = lastWordEnd(line, max);
  if (word !== undefined) return withoutEnd(line.slice(0, word), ' ,;:–-(');
  // One word without an end: by characters, and no half of a pair.
  const isPair = /[\ud800-\udbff]/.test(line.charAt(max - 1));
  return line.slice(0, isPair && max > 1 ? max - 1 : max);
}
