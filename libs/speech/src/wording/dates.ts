import type { SpokenLanguage } from './spoken-language.js';
import { dateFormat, LETTERS } from './spoken-language.js';

const BEFORE = `(?<![${LETTERS}\\p{N}_.:/-])`;
const MOMENT = new RegExp(
  `${BEFORE}(\\d{4})-(\\d{2})-(\\d{2})[Tt ](\\d{2}):(\\d{2})(?::(\\d{2})(?:[.,]\\d{1,9})?)?(?:\\s?(Z|z|UTC|[+-]\\d{2}:?\\d{2}))?(?![${LETTERS}\\p{N}_]|[:.-]\\d)`,
  'gu',
);
const DAY = new RegExp(`${BEFORE}(\\d{4})([-/])(\\d{2})\\2(\\d{2})(?![${LETTERS}\\p{N}_]|[-/.:]\\d)`, 'gu');
const CLOCK = new RegExp(
  `${BEFORE}(\\d{2}):(\\d{2})(:\\d{2}(?:\\.\\d{1,6})?)?(?![${LETTERS}\\p{N}_:]|[.,/-]\\d|\\s?[ap]\\.?m\\b)`,
  'giu',
);
const DAY_RANGE = /(?<![\p{N}/-])(\d{4}-\d{2}-\d{2})\s?[-–—/]\s?(?=\d{4}-\d{2}-\d{2}(?![\p{N}T-]))/gu;
const CLOCK_RANGE = /(?<![\p{L}\p{N}_.:/-])(\d{1,2}:\d{2})\s?[-–—]\s?(?=\d{1,2}:\d{2}(?![\p{N}:-]))/gu;
const HALF_RANGE =
  /(?<![\p{L}\p{N}_.:/-])(\d{1,2}(?::\d{2})?\s?[ap]\.?m\.?)\s?[-–—]\s?(?=\d{1,2}(?::\d{2})?\s?[ap]\.?m\b)/giu;
const SECONDS_BEFORE_HALF = /(?<![\p{N}:])(\d{1,2}:\d{2}):\d{2}(?=\s?[ap]\.?m\b)/giu;

/** A wall-clock time as a Date in UTC; undefined for a day or an hour that is none (`2026-02-30`). */
function wallTime(year: number, month: number, day: number, hour = 0, minute = 0): Date | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return isReal && minute < 60 && year > 0 ? date : undefined;
}

/** Intl puts narrow and no-break spaces between parts. */
const plainSpaces = (text: string): string => text.replace(/\s+/g, ' ');

function readMoment(
  match: readonly (string | undefined)[],
  language: SpokenLanguage,
  timeZone?: string,
): string | undefined {
  const [, year, month, day, hour, minute, , zone] = match;
  const wall = wallTime(Number(year), Number(month), Number(day), Number(hour), Number(minute));
  if (!wall) return undefined;
  const options = { dateStyle: 'long', timeStyle: 'short' } as const;
  const isUtc = zone !== undefined && /^(?:z|utc)$/i.test(zone);
  if (zone !== undefined && timeZone !== undefined) {
    const local = dateFormat(language, { ...options, timeZone });
    const offset = isUtc ? 'Z' : zone.replace(/^(...):?(..)$/, '$1:$2');
    const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:00${offset}`);
    if (local && !Number.isNaN(moment.getTime())) return plainSpaces(local.format(moment));
  }
  const said = dateFormat(language, options)?.format(wall);
  return said === undefined ? undefined : plainSpaces(isUtc ? `${said} UTC` : said);
}

function readClock(match: string, hour: number, minute: number, hasSeconds: boolean, language: SpokenLanguage): string {
  // Ten to twelve may be meant for the night as well: 10:30 is said as it is. 13:30, 09:30 and 10:30:00 are clear.
  if (!hasSeconds && hour >= 10 && hour <= 12) return match;
  const wall = hour < 24 ? wallTime(2000, 1, 1, hour, minute) : undefined;
  const said = wall && dateFormat(language, { timeStyle: 'short' })?.format(wall);
  return said === undefined ? match : plainSpaces(said);
}

/**
 * Returns the text with ISO dates in the language's long form and 24-hour times in its short form. A time with an
 * offset is said as it is written, in `timeZone` when one is given; `Z` is said as UTC. Scores (3:1), versions, and
 * dates whose order is a guess (03/04/2026) stay.
 */
export function readDates(text: string, language: SpokenLanguage, timeZone?: string): string {
  if (!/\d\s?[-–—/:]/.test(text) && !/[ap]\.?m\.?\s?[-–—]/i.test(text)) return text;
  return text
    .replace(DAY_RANGE, language.isEnglish ? '$1 to ' : '$1 – ')
    .replace(MOMENT, (...match: string[]) => readMoment(match, language, timeZone) ?? match[0] ?? '')
    .replace(DAY, (match, year: string, _sign, month: string, day: string) => {
      const date = wallTime(Number(year), Number(month), Number(day));
      const said = date && dateFormat(language, { dateStyle: 'long' })?.format(date);
      return said === undefined ? match : plainSpaces(said);
    })
    .replace(SECONDS_BEFORE_HALF, '$1')
    .replace(HALF_RANGE, language.isEnglish ? '$1 to ' : '$&')
    .replace(CLOCK_RANGE, language.isEnglish ? '$1 to ' : '$1 – ')
    .replace(CLOCK, (match, hour: string, minute: string, seconds: string | undefined, at: number, whole: string) => {
      const said = readClock(match, Number(hour), Number(minute), seconds !== undefined, language);
      // Said so already: Bulgarian puts a word after the digits, Danish before them.
      const isSaid = whole.startsWith(said, at - said.indexOf(match));
      return isSaid ? match : said;
    });
}
