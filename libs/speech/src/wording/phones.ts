import { spell } from './spelling.js';
import type { SpokenLanguage } from './spoken-language.js';
import { LETTERS } from './spoken-language.js';

const GAP = '[ ./-]';
const START = `(?<![${LETTERS}\\p{N}_.,:/+-])`;
const END = `(?![${LETTERS}\\p{N}_]|[.,:/-]\\d)`;
/** An account number of 34 characters is the longest that is printed in groups. */
const MAX_CHARACTERS = 34;

/** Numbers as they are printed, with gaps that tell how to say them. */
const PRINTED: readonly RegExp[] = [
  // Bank accounts first: their parts look like phones.
  `${START}[A-Z]{2}\\d{2}(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,3})?${END}`,
  `${START}\\+\\d{1,4}(?:${GAP}\\(?\\d{2,12}\\)?|(?<=\\))\\d{2,12}){1,6}${END}`,
  `${START}\\+\\d{7,15}${END}`,
  `${START}\\(\\d{2,5}\\)${GAP}?\\d{2,8}(?:${GAP}\\d{2,8}){0,3}${END}`,
  `${START}\\d{3}[ .]\\d{3}[ .-]\\d{4}${END}`,
  `${START}0\\d{1,5}(?:${GAP}\\d{2,10}){1,4}${END}`,
  // Cards.
  `${START}\\d{4}(?:[ -]\\d{4}){3}${END}`,
].map((pattern) => new RegExp(pattern, 'gu'));

const DAY = /^\d{1,2}([./-])\d{1,2}\1\d{2,4}$/;
const MACHINE_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Country, area, exchange and line of North America. */
const NORTH_AMERICAN = /^\+(1)(\d{3})(\d{3})(\d{4})$/;

function readPrinted(match: string, language: SpokenLanguage): string {
  const characters = match.replace(/[^A-Z0-9]/g, '');
  if (characters.length < 7 || characters.length > MAX_CHARACTERS) return match;
  if (DAY.test(match) || MACHINE_ADDRESS.test(match)) return match;
  const groups = NORTH_AMERICAN.exec(match)?.slice(1) ?? match.split(/[^A-Z0-9]+/).filter((group) => group !== '');
  const plus = language.isEnglish ? 'plus ' : '+';
  return `${match.startsWith('+') ? plus : ''}${groups.map(spell).join(', ')}`;
}

/** A sign that begins one, or a gap within one. */
const MAY_BE_PRINTED = /[+(]|\d[ ./)-]\(?[\dA-Z]/;

/** Returns the text with phone, card and account numbers spelled in the groups in which they are printed. */
export function readPrintedNumbers(text: string, language: SpokenLanguage): string {
  if (!MAY_BE_PRINTED.test(text)) return text;
  return PRINTED.reduce((read, pattern) => read.replace(pattern, (match) => readPrinted(match, language)), text);
}
