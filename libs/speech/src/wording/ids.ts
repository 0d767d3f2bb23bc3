import { readInteger } from './english-numbers.js';
import { readPrintedNumbers } from './phones.js';
import { spell } from './spelling.js';
import type { SpokenLanguage } from './spoken-language.js';
import { LETTERS } from './spoken-language.js';

/** From here on nobody writes along: the last four tell one from another. */
const TOO_LONG = 24;
const LAST = 4;
/** So many digits in a row are a number of something rather than how many. */
const MIN_DIGITS = 5;
const MIN_MIXED = 6;

const DIGIT = /\d/;
const START = `(?<![${LETTERS}\\p{N}_-])`;
const END = `(?![${LETTERS}\\p{N}_])`;
const UUID = new RegExp(`${START}[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}${END}`, 'giu');
const TOKEN = new RegExp(`${START}[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*${END}`, 'gu');

function ending(characters: string, language: SpokenLanguage): string {
  const last = spell(characters.slice(-LAST));
  return language.isEnglish ? `ending in ${last}` : last;
}

const isShort = (text: string): boolean => text.replace(/[^A-Za-z0-9]/g, '').length < TOO_LONG;

/** `ABCD-1234-EFGH`: too long for a name with a number. */
const CODE = /^(?=(?:-?[A-Z0-9]){12})[A-Z0-9]+(?:-[A-Z0-9]+)+$/;
/** `1000km`, `20000th`, `1920x1080`, `2h30m`, `iphone15`, `covid19`: letters and digits that are words. */
const WORDLIKE = /^(?:\d+[a-z]{1,3}|\d+x\d+|(?:\d+(?:d|h|m|s|ms|min))+|[A-Za-z]{4,}\d{1,2})$/;

function isMixedId(segment: string): boolean {
  if (segment.length < MIN_MIXED || !/\d/.test(segment) || !/[A-Za-z]/.test(segment) || WORDLIKE.test(segment))
    return false;
  if (segment === segment.toUpperCase()) return true;
  if (segment.length >= 8 && /^[0-9a-f]+$/i.test(segment)) return true;
  // A run of four letters is a word: such a token is a name (`OAuth2Client`).
  return !/[A-Za-z]{4}/.test(segment);
}

/** `1000000`: nobody numbers orders so that three zeros end them, or hardly. */
const ROUND = /^[1-9]\d{2,10}0{3}$/;

const isNumberId = (segment: string): boolean =>
  /^\d+$/.test(segment) && (segment.length >= MIN_DIGITS || /^0\d{2,}/.test(segment));

function readSegment(segment: string, language: SpokenLanguage): string {
  if (ROUND.test(segment)) return language.isEnglish ? readInteger(segment) : segment;
  const [, letters, number] = /^([A-Z]{1,3})(\d{4,12})$/.exec(segment) ?? [];
  if (letters !== undefined && number !== undefined) return `${spell(letters)}, ${spell(number)}`;
  const [, word, digits] = /^([A-Za-z]{4,})(\d+)$/.exec(segment) ?? [];
  if (word !== undefined && digits !== undefined && digits.length >= MIN_DIGITS)
    return `${word} ${readSegment(digits, language)}`;
  if (isMixedId(segment) || isNumberId(segment)) return isShort(segment) ? spell(segment) : ending(segment, language);
  return /^[A-Z]{2,3}$/.test(segment) ? spell(segment) : segment;
}

function readDigitChain(token: string, segments: readonly string[]): string {
  const digits = segments.join('');
  const isYears = segments.length === 2 && segments.every((segment) => /^[12]\d{3}$/.test(segment));
  const isDay = /^\d{1,2}-\d{1,2}-\d{4}$|^\d{4}-\d{1,2}-\d{1,2}$/.test(token);
  return digits.length < 7 || isYears || isDay ? token : segments.map(spell).join(', ');
}

function readToken(token: string, language: SpokenLanguage): string {
  const segments = token.split(/[-_]/);
  if (segments.length === 1) return readSegment(token, language);
  if (/^[\d-]+$/.test(token)) return readDigitChain(token, segments);
  if (CODE.test(token) && isShort(token)) return segments.map(spell).join(', ');
  if (!segments.some((segment) => isMixedId(segment) || isNumberId(segment))) return token;
  if (!isShort(token)) return ending(token.replace(/[-_]/g, ''), language);
  return segments.map((segment) => readSegment(segment, language)).join(', ');
}

/**
 * Returns the text with ids, phone and order numbers spelled in groups: digits one by one are safe from Vapi's
 * formatter, which takes `2023 05 10` for a date. Long ones are said by their last four. Numbers of up to four
 * digits, decimals, versions and measures stay.
 */
export function readIds(text: string, language: SpokenLanguage): string {
  const withoutUuids = text.includes('-') ? text.replace(UUID, (uuid) => ending(uuid, language)) : text;
  const read = readPrintedNumbers(withoutUuids, language);
  if (!DIGIT.test(read)) return read;
  return read.replace(TOKEN, (token, at: number, whole: string) => {
    if (!DIGIT.test(token)) return token;
    // Part of a decimal, a version, a path or marked thousands.
    const isPart = /[\d\p{L}][.,:/@]$/u.test(whole.slice(Math.max(0, at - 2), at)) && /^\d/.test(token);
    const goesOn = /^[.,:/]\d/.test(whole.slice(at + token.length, at + token.length + 2));
    const isThousands = /^\d{3}$/.test(token) && /\d $/.test(whole.slice(Math.max(0, at - 2), at));
    return isPart || goesOn || isThousands ? token : readToken(token, language);
  });
}
