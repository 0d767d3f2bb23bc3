import { withoutMathSigns } from './math-signs.js';
import type { SpokenLanguage } from './spoken-language.js';

/** From the strongest to the weakest: of marks that meet, the strongest is said. */
const MARKS = '!?.;:,';
const MARK_RUN = /[.,;:!?](?:\s?[.,;:!?](?!\d))+/g;

function strongest(run: string): string {
  const marks = [...run].filter((mark) => MARKS.includes(mark));
  return marks.sort((one, other) => MARKS.indexOf(one) - MARKS.indexOf(other))[0] ?? '';
}

const isAny = (character: string, of: string): boolean => character !== '' && of.includes(character);

/** Without `marks` at its end. A loop: `[...]+$` looks at each run of marks anew from each of its places. */
export function withoutEnd(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && isAny(text.charAt(end - 1), marks)) end -= 1;
  return text.slice(0, end);
}

/** Without any of these nothing is left out. */
const SIGNS = /[=>→⇒⟶()|—–…#*_`~\\{}[\]•‣▪◦<^]|\.\.|\s-/;

/** Returns the text without signs that no voice says; arrows are said in English. */
export function readSigns(text: string, language: SpokenLanguage): string {
  if (!SIGNS.test(text)) return text;
  return withoutMathSigns(
    text
      .replace(/\s*(?:-{1,2}>|=>|→|⇒|⟶)\s*/g, language.isEnglish ? ' to ' : ', ')
      .replace(/(?<=\p{L})\(s\)/gu, 's')
      .replace(/(?<=^|\s)\(|\)/g, ', ')
      .replace(/\s*\|\s*/g, ', ')
      // A dash between numbers is a score or a sum: which, the voice's listener knows better.
      .replace(/(?<=\s)(?<!\d\s)-{1,3}(?=\s)|[—]|(?<=\s)–(?=\s)/g, ', ')
      .replace(/\.{2,}|…/g, '. ')
      .replace(/(?<![\p{L}])#+|[*_`~\\{}[\]()|•‣▪◦]+/gu, ' '),
    language,
  );
}

/** Spaces or marks that meet, that begin it or that end it. */
const UNTIDY = /\s\s|[^\S ]|^\s|\s[.,;:!?。、！？]|[.,;:!?][.,;:!?]|:\d|^[.,;:!?)\-–]|[\s,;:–\-(]$/;

/** Returns the text on one line, with one space between words and one mark where several met, none at its start. */
export function tidy(text: string): string {
  if (!UNTIDY.test(text)) return text;
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/ (?=[.,;:!?。、！？](?:[\s.,;:!?]|$))/g, '')
    .replace(/(?<=\p{L}):(?=\d)/gu, ': ')
    .replace(MARK_RUN, strongest)
    .replace(/^(?:\s*[.,;:!?)\-–](?=[\s.,;:!?)\-–]|$))+\s*/, '')
    .trim();
  return withoutEnd(line, ' ,;:–-(');
}
