/** A wish to cancel, read into words. */
export interface Wish {
  /** Lower case, letters and digits alone. */
  readonly words: readonly string[];
  /** As it was written, but for case and spaces. */
  readonly line: string;
  /** It holds nothing that could turn its meaning round: `-2`, `!report`, signs that are not seen. */
  readonly isPlain: boolean;
  /** A number in it may be taken for one: there is neither a dash, which may be a minus, nor a range. */
  readonly mayBeNumber: boolean;
}

/** Names have 100 characters at most; what is much longer than one is a story. */
const MAX_WISH = 500;
/** Whatever is neither letter, digit, space nor harmless punctuation: symbols, and characters without a shape. */
const ODD_SIGN = /[^\p{L}\p{M}\p{N}\s.,:;?!'"()[\]{}#*_`’‘“”„«»…&/\p{Pd}]/u;
/** Begins a word, as in `-2` and `!report`, or begins the wish. */
const BEFORE_A_WORD = /(?<![\p{L}\p{M}\p{N}])[!&/\p{Pd}](?=[\p{L}\p{M}\p{N}])|^[^\p{L}\p{N}]*[!&/\p{Pd}]/u;
const DASH = /[&/\p{Pd}]/u;

/** @returns undefined when it is too long to be a number or a name */
export function readWish(text: string): Wish | undefined {
  if (text.length > MAX_WISH) return undefined;
  const line = lineOf(text);
  return {
    words: wordsOf(line.replaceAll(/\bno\.\s*(?=\d)/gu, 'number ')),
    line,
    isPlain: !ODD_SIGN.test(line) && !BEFORE_A_WORD.test(line),
    mayBeNumber: !DASH.test(line),
  };
}

/** Lower case, with single spaces. */
export function lineOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** Letters and digits alone, in lower case. */
export function wordsOf(text: string): readonly string[] {
  return lineOf(text)
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}
