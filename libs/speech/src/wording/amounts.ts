import { readInteger } from './english-numbers.js';
import { CENTS, currencyOf, nameOf } from './currencies.js';
import type { SpokenLanguage } from './spoken-language.js';
import { LETTERS, numberFormat } from './spoken-language.js';

const CODES = 'USD|EUR|GBP|JPY|CNY|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|MXN|ZAR|SGD|HKD|KRW|ILS|AED|SAR|UAH';
/** After the number only: `TRY 5 times`, `PHP 8` and `RON 95` are no amounts. */
const LAST_CODES = `${CODES}|TRY|PHP|RON|BGN|THB|IDR|MYR|VND`;
const NUMBER = "\\d{1,3}(?:[.,'’]\\d{3})+(?:[.,]\\d{1,4})?|\\d{1,15}(?:[.,]\\d{1,4})?";
/** The same with spaces between thousands, as most of Europe writes; in English `$5 300` would be two numbers. */
const SPACED_NUMBER = `\\d{1,3}(?: \\d{3})+(?:[.,]\\d{1,4})?|${NUMBER}`;
const SCALE = '(?:k|K|m|M|mn|bn|B|thousand|million|billion|trillion)(?![\\p{L}\\p{N}])';
const scaleAs = (name: string): string => `(?:\\s?(?<${name}>${SCALE}))?`;
const PREFIXES = 'US|CA|C|AU|A|NZ|HK|SG|S|R';
/** Where a sign with a space after it is still one. After a number it is a dash: `2 kg - $5`, `10 EUR - 12 EUR`. */
const SIGN_PLACE = '(?<=^|[:=(]\\s?|(?<![\\p{L}\\p{N}]|[\\p{N}\\p{Sc}]\\s)\\p{L}{1,30}\\s)';
const START = `(?<![${LETTERS}\\p{N}$€£¥₹])(?<!\\p{N}[.,])`;
const END = '(?!\\d|[.,]\\d)';

interface Patterns {
  readonly first: RegExp;
  readonly last: RegExp;
  /** `- $5` */
  readonly spacedSign: RegExp;
  /** `($1,200.00)` where it stands alone, as in a column; `a fee ($5)` is an aside. */
  readonly accounting: RegExp;
}
const anyAmount = (number: string): string =>
  `(?:(?:(?:${PREFIXES})?[$€£¥₹]|(?:${CODES}))\\s?(?:${number})|(?:${number})(?:\\s?${SCALE})?\\s?(?:[$€£¥₹]|(?:${LAST_CODES})(?!\\p{L})))`;
const patternsOf = (number: string): Patterns => ({
  first: new RegExp(
    `${START}(?<sign>[-+−])?(?:(?<prefix>${PREFIXES})?(?<symbol>[$€£¥₹])|(?<code>${CODES}))\\s?` +
      `(?<inner>[-−])?(?<number>${number}|\\.\\d{2})${scaleAs('scale')}${END}` +
      `(?:\\s?[-–—]\\s?[$€£¥₹]?(?<until>${number})${scaleAs('untilScale')}${END})?`,
    'gu',
  ),
  last: new RegExp(
    `${START}(?<sign>[-+−])?(?<number>${number})${scaleAs('scale')}\\s?(?:(?<symbol>[$€£¥₹])|(?<code>${LAST_CODES}))(?![${LETTERS}\\p{N}$€£¥₹])`,
    'gu',
  ),
  spacedSign: new RegExp(`${SIGN_PLACE}([-+−])\\s(?=${anyAmount(number)})`, 'gu'),
  accounting: new RegExp(`(?<=^|[:,;]\\s?)\\((${anyAmount(number)})\\)(?=\\s*(?:$|[.,;]))`, 'gu'),
});
const ENGLISH = patternsOf(NUMBER);
const OTHER = patternsOf(SPACED_NUMBER);

const SCALES: Readonly<Record<string, string>> = {
  k: 'thousand',
  K: 'thousand',
  m: 'million',
  M: 'million',
  mn: 'million',
  bn: 'billion',
  B: 'billion',
};

interface Amount {
  readonly whole: string;
  readonly fraction: string;
}

/**
 * Where a full stop is the decimal sign: whether three digits after one are thousands all the same. Euros are written
 * so, and nobody writes `$1.000` for one dollar; `$3.459` is a price of fuel, `1.234 million` has decimals.
 */
const isMarkedByStop = (after: string, currency: string, hasScale: boolean): boolean =>
  !hasScale && (currency === 'EUR' || after === '000');

/** Reads `1,234.50`, `1.234,50` and `9,99`. Three digits after a lone sign are thousands, but for an English `$3.459`. */
function parseAmount(written: string, currency: string, hasScale: boolean, language: SpokenLanguage): Amount {
  const digits = written.replace(/[\s'’]/g, '');
  const signs = digits.replace(/\d/g, '');
  const at = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  if (at === -1) return { whole: digits, fraction: '' };
  const last = digits.charAt(at);
  const after = digits.slice(at + 1);
  const decimal =
    numberFormat(language, {})
      .formatToParts(0.5)
      .find(({ type }) => type === 'decimal')?.value ?? '.';
  const isMixed = new Set(signs).size > 1;
  const isDecimal =
    isMixed ||
    (signs.length === 1 &&
      (after.length !== 3 ||
        at > 3 ||
        digits.startsWith('0') ||
        (last === '.' && decimal === '.' && !isMarkedByStop(after, currency, hasScale))));
  if (!isDecimal) return { whole: digits.replace(/[.,]/g, ''), fraction: '' };
  return { whole: digits.slice(0, at).replace(/[.,]/g, ''), fraction: after };
}

/** `1 thousand 234 dollars and 50 cents`; `1.2 million dollars` for one with a scale. */
function inEnglish(
  written: string,
  scale: string | undefined,
  currency: string,
  bareSign: string | undefined,
  language: SpokenLanguage,
): string {
  const { whole, fraction } = parseAmount(written, currency, scale !== undefined, language);
  const plural = (value: number): string => nameOf(value, currency, bareSign, language);
  if (scale !== undefined) {
    const size = SCALES[scale] ?? scale;
    return `${Number(whole)}${fraction === '' ? '' : `.${fraction}`} ${size} ${plural(2)}`;
  }
  if (/^0*$/.test(fraction)) return `${readInteger(whole)} ${plural(Number(whole))}`;
  const cents = CENTS[currency];
  if (!cents || fraction.length > 2) return `${Number(whole)}.${fraction.replace(/(?<=^\d{3})0$/, '')} ${plural(2)}`;
  const count = Number(fraction.padEnd(2, '0'));
  const small = `${count} ${cents[count === 1 ? 0 : 1]}`;
  return Number(whole) === 0 ? small : `${readInteger(whole)} ${plural(Number(whole))} and ${small}`;
}

/** With its thousands marked, as the language writes them: a bare run of digits would be spelled as a number of an order. */
function byIntl(sign: string, written: string, currency: string, language: SpokenLanguage): string {
  const { whole, fraction } = parseAmount(written, currency, false, language);
  const value = Number(`${sign === '-' ? '-' : ''}${whole}.${fraction}`);
  const maximumFractionDigits = Math.max(2, fraction.length);
  const options = {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    trailingZeroDisplay: 'stripIfInteger',
    useGrouping: true,
    maximumFractionDigits,
  } as const;
  return `${sign === '+' ? '+' : ''}${numberFormat(language, options).format(value)}`.replace(/\s+/g, ' ');
}

const SIGN_WORDS: Readonly<Record<string, string>> = { '-': 'minus ', '−': 'minus ', '+': 'plus ' };
const MAX_DIGITS = 15;

type Groups = Readonly<Record<string, string | undefined>>;

/** One or two numbers (a range) of one currency. */
function readAmount(match: string, found: Groups, language: SpokenLanguage): string {
  const { prefix, symbol, code, number = '', scale, until, untilScale } = found;
  const sign = found['sign'] ?? found['inner'] ?? '';
  const numbers =
    until === undefined
      ? [{ number, scale }]
      : [
          { number, scale },
          { number: until, scale: untilScale },
        ];
  const currency = symbol === undefined ? code : currencyOf(prefix, symbol, language);
  const areSmall = numbers.every((one) => one.number.replace(/\D/g, '').length <= MAX_DIGITS);
  if (currency === undefined || !areSmall) return match;
  if (language.isEnglish) {
    const bareSign = prefix === undefined ? symbol : undefined;
    const said = numbers.map((one) => inEnglish(one.number, one.scale ?? untilScale, currency, bareSign, language));
    return `${SIGN_WORDS[sign] ?? ''}${said.join(' to ')}`;
  }
  // A scale is a word of English: other languages keep it as it is written.
  if (numbers.some((one) => one.scale !== undefined)) return match;
  const plain = sign === '−' ? '-' : sign;
  return numbers.map((one, at) => byIntl(at === 0 ? plain : '', one.number, currency, language)).join(' – ');
}

/**
 * Returns the text with amounts in words: `$1,234.50` as `1 thousand 234 dollars and 50 cents`, in other languages
 * what Intl says (`1.234,50 US-Dollar`). In English no number above 999 is left: Vapi's formatter reads those above
 * its cutoff (2025) digit by digit, and a fraction as "point five zero" (`formatPlan.numberToDigitsCutoff`).
 */
export function readAmounts(text: string, language: SpokenLanguage): string {
  if (!/[$€£¥₹]|[A-Z]{3}/.test(text) || !/\d/.test(text)) return text;
  const { first, last, spacedSign, accounting } = language.isEnglish ? ENGLISH : OTHER;
  const read = (match: string, ...rest: unknown[]): string => readAmount(match, rest.at(-1) as Groups, language);
  // Two of them are dashes of a list: `Pizza - $12, Pasta - $10`.
  const isSign = (text.match(spacedSign)?.length ?? 0) === 1;
  const signed = (isSign ? text.replace(spacedSign, '$1') : text).replace(accounting, '-$1');
  return signed.replace(first, read).replace(last, read);
}
