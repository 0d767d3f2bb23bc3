import type { SpokenLanguage } from './spoken-language.js';

/** What makes a number of what follows: a sign, a currency, digits. */
const NUMBER_AHEAD = '(?=[-−+]?(?:[A-Z]{0,3}\\p{Sc}|[A-Z]{3} )?\\s?[-−]?\\.?\\d)';
/** Not of an arrow or of a run: `->`, `=>`, `<<`. */
const ALONE = '(?<![-–=<>])';
const LONE_LETTER = '\\p{L}(?![\\p{L}\\p{N}])';
const UP_TO = /\s*(?<![-=<>])(?:<=|≤)(?![=>])\s*(?=[-−+.\p{Sc}]{0,3}[\p{L}\p{N}])/gu;
const FROM_ON = /\s*(?<![-=<>])(?:>=|≥)(?![=>])\s*(?=[-−+.\p{Sc}]{0,3}[\p{L}\p{N}])/gu;
const BELOW = new RegExp(`\\s*${ALONE}<\\s*${NUMBER_AHEAD}|(?<=\\d)\\s*<\\s*(?=\\p{L})`, 'gu');
/** `Step 1 > Step 2` is a path: after a number alone it compares with a single letter only. */
const ABOVE = new RegExp(`\\s*${ALONE}>\\s*${NUMBER_AHEAD}|(?<=\\d)\\s*>\\s*(?=${LONE_LETTER})`, 'gu');
const BASE = '(?<=\\d|(?<![\\p{L}\\p{N}])\\p{L})';
const EXPONENT = `(?=[-−+]?(?:\\d|${LONE_LETTER}))`;
const POWER = new RegExp(`${BASE}\\s?\\^\\s?${EXPONENT}`, 'gu');
/** What {@link readMathSigns} does not leave so: signs that say nothing. */
const OTHER_SIGN = new RegExp(
  `(?<!${BASE})\\^|\\^(?!${EXPONENT})|(?<!^|\\s)[<>]|[<>](?! ${NUMBER_AHEAD}| ${LONE_LETTER})`,
  'gu',
);

/**
 * Returns the text with comparisons and powers in English words. Other languages keep the sign, with a space on each
 * side; `<=` becomes `≤`, which Vapi's formatter does not take for the start of a tag.
 */
export function readMathSigns(text: string, language: SpokenLanguage): string {
  if (!/[<>≤≥^]/.test(text)) return text;
  const { isEnglish } = language;
  return text
    .replace(UP_TO, isEnglish ? ' at most ' : ' ≤ ')
    .replace(FROM_ON, isEnglish ? ' at least ' : ' ≥ ')
    .replace(BELOW, isEnglish ? ' less than ' : ' < ')
    .replace(ABOVE, isEnglish ? ' more than ' : ' > ')
    .replace(POWER, isEnglish ? ' to the power of ' : '^');
}

/** Returns the text without the signs of comparisons and powers, but for those that {@link readMathSigns} left. */
export function withoutMathSigns(text: string, language: SpokenLanguage): string {
  return text.replace(language.isEnglish ? /[<>^]+/g : OTHER_SIGN, ' ');
}
