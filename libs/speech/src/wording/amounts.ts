import { readInteger } from './english-numbers.js';
import type { SpokenLanguage } from './spoken-language.js';
import { LETTERS, numberFormat } from './spoken-language.js';

const CODES = 'USD|EUR|GBP|JPY|CNY|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|MXN|ZAR|SGD|HKD|KRW|ILS|AED|SAR|UAH';
/** After the number only: `TRY 5 times`, `PHP 8` and `RON 95` are no amounts. */
const LAST_CODES = `${CODES}|TRY|PHP|RON|BGN|THB|IDR|MYR|VND`;
const NUMBER = "\\d{1,3}(?:[.,'’]\\d{3})+(?:[.,]\\d{1,4})?|\\d{1,15}(?:[.,]\\d{1,4})?";
/** The same with spaces between thousands, as most of Europe writes; in English `$5 300` would be two numbers. */
const SPACED_NUMBER = `\\d{1,3}(?: \\d{3})+(?:[.,]\\d{1,4})?|${NUMBER}`;
const SCALE = '(?:\\s?(k|K|m|M|mn|bn|B|thousand|million|billion|trillion)(?![\\p{L}\\p{N}]))?';
const START = `(?<![${LETTERS}\\p{N}$€£¥₹])(?<!\\p{N}[.,])`;
const END = '(?!\\d|[.,]\\d)';

interface Patterns {
  readonly first: RegExp;
  readonly last: RegExp;
}
const patternsOf = (number: string): Patterns => ({
  first: new RegExp(
    `${START}(?:([-+−])\\s?)?(?:(US|CA|C|AU|A|NZ|HK|SG|S|R)?([$€£¥₹])|(${CODES}))\\s?([-−])?(${number}|\\.\\d{2})${SCALE}${END}(?:\\s?[-–—]\\s?[$€£¥₹]?(${number})${SCALE}${END})?`,
    'gu',
  ),
  last: new RegExp(
    `${START}([-+−])?(${number})${SCALE}\\s?(?:([$€£¥₹])|(${LAST_CODES}))(?![${LETTERS}\\p{N}$€£¥₹])`,
    'gu',
  ),
});
const ENGLISH = patternsOf(NUMBER);
const OTHER = patternsOf(SPACED_NUMBER);

const SIGNS: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR' };
const DOLLARS: Readonly<Record<string, string>> = {
  US: 'USD',
  CA: 'CAD',
  C: 'CAD',
  AU: 'AUD',
  A: 'AUD',
  NZ: 'NZD',
  HK: 'HKD',
  SG: 'SGD',
  S: 'SGD',
  R: 'BRL',
};
/** Whose own money the dollar sign means; a region not listed means the dollar of the United States. */
const DOLLAR_OF_REGION: Readonly<Record<string, string>> = {
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  HK: 'HKD',
  SG: 'SGD',
  MX: 'MXN',
  AR: 'ARS',
  CL: 'CLP',
  CO: 'COP',
  UY: 'UYU',
};
/** What a sign alone says in English: which country's dollar it is, the text leaves open, and so do we. */
const BARE_NAMES: Readonly<Record<string, readonly [string, string]>> = {
  $: ['dollar', 'dollars'],
  '€': ['euro', 'euros'],
  '£': ['pound', 'pounds'],
  '¥': ['yen', 'yen'],
  '₹': ['rupee', 'rupees'],
};
const CENTS: Readonly<Record<string, readonly [string, string]>> = {
  USD: ['cent', 'cents'],
  EUR: ['cent', 'cents'],
  CAD: ['cent', 'cents'],
  AUD: ['cent', 'cents'],
  NZD: ['cent', 'cents'],
  SGD: ['cent', 'cents'],
  HKD: ['cent', 'cents'],
  GBP: ['penny', 'pence'],
};
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

/** Reads `1,234.50`, `1.234,50` and `9,99`: three digits after a lone sign are thousands unless it is the decimal sign. */
function parseAmount(written: string, language: SpokenLanguage): Amount {
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
    isMixed || (signs.length === 1 && (after.length !== 3 || (last === decimal && digits.startsWith('0'))));
  if (!isDecimal) return { whole: digits.replace(/[.,]/g, ''), fraction: '' };
  return { whole: digits.slice(0, at).replace(/[.,]/g, ''), fraction: after };
}

const currencyOf = (prefix: string | undefined, sign: string, language: SpokenLanguage): string | undefined => {
  if (prefix !== undefined) return sign === '$' ? DOLLARS[prefix] : undefined;
  if (sign === '¥') return language.tag.startsWith('zh') ? 'CNY' : 'JPY';
  if (sign !== '$') return SIGNS[sign];
  // Half of the Spanish-speaking world writes its pesos so: without a region it stays.
  if (language.tag === 'es') return undefined;
  return DOLLAR_OF_REGION[language.region ?? ''] ?? 'USD';
};

function nameOf(value: number, currency: string, sign: string | undefined, language: SpokenLanguage): string {
  const bare = sign === undefined ? undefined : BARE_NAMES[sign];
  if (bare) return bare[value === 1 ? 0 : 1];
  const options = {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
    trailingZeroDisplay: 'stripIfInteger',
  } as const;
  return (
    numberFormat(language, options)
      .formatToParts(value)
      .find(({ type }) => type === 'currency')?.value ?? currency
  );
}

/** `1 thousand 234 dollars and 50 cents`; `1.2 million dollars` for one with a scale. */
function inEnglish(
  written: string,
  scale: string | undefined,
  currency: string,
  bareSign: string | undefined,
  language: SpokenLanguage,
): string {
  const { whole, fraction } = parseAmount(written, language);
  const plural = (value: number): string => nameOf(value, currency, bareSign, language);
  if (scale !== undefined) {
    const size = SCALES[scale] ?? scale;
    return `${Number(whole)}${fraction === '' ? '' : `.${fraction}`} ${size} ${plural(2)}`;
  }
  if (/^0*$/.test(fraction)) return `${readInteger(whole)} ${plural(Number(whole))}`;
  const cents = CENTS[currency];
  if (!cents || fraction.length > 2) return `${Number(whole)}.${fraction} ${plural(2)}`;
  const count = Number(fraction.padEnd(2, '0'));
  const small = `${count} ${cents[count === 1 ? 0 : 1]}`;
  return Number(whole) === 0 ? small : `${readInteger(whole)} ${plural(Number(whole))} and ${small}`;
}

/** With its thousands marked, as the language writes them: a bare run of digits would be spelled as a number of an order. */
function byIntl(sign: string, written: string, currency: string, language: SpokenLanguage): string {
  const { whole, fraction } = parseAmount(written, language);
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
const isSmallest = (written: string): boolean => written.replace(/\D/g, '').length <= 15;

/**
 * Returns the text with amounts in words: `$1,234.50` as `1 thousand 234 dollars and 50 cents`, in other languages
 * what Intl says (`1.234,50 US-Dollar`). In English no number above 999 is left: Vapi's formatter reads those above
 * its cutoff (2025) digit by digit, and a fraction as "point five zero" (`formatPlan.numberToDigitsCutoff`).
 */
export function readAmounts(text: string, language: SpokenLanguage): string {
  const { first, last } = language.isEnglish ? ENGLISH : OTHER;
  const read = (
    match: string,
    sign: string,
    numbers: readonly (readonly [string, string | undefined])[],
    currency: string | undefined,
    bareSign: string | undefined,
  ): string => {
    if (currency === undefined || !numbers.every(([written]) => isSmallest(written))) return match;
    if (language.isEnglish) {
      const said = numbers.map(([written, scale]) =>
        inEnglish(written, scale ?? numbers.at(-1)?.[1], currency, bareSign, language),
      );
      return `${SIGN_WORDS[sign] ?? ''}${said.join(' to ')}`;
    }
    // A scale is a word of English: other languages keep it as it is written.
    if (numbers.some(([, scale]) => scale !== undefined)) return match;
    const plain = sign === '−' ? '-' : sign;
    return numbers.map(([written], at) => byIntl(at === 0 ? plain : '', written, currency, language)).join(' – ');
  };
  return text
    .replace(
      first,
      (
        match,
        sign: string | undefined,
        prefix: string | undefined,
        symbol: string | undefined,
        code: string | undefined,
        inner: string | undefined,
        number: string,
        scale: string | undefined,
        until: string | undefined,
        untilScale: string | undefined,
      ) => {
        const currency = symbol === undefined ? code : currencyOf(prefix, symbol, language);
        const range: (readonly [string, string | undefined])[] =
          until === undefined
            ? [[number, scale]]
            : [
                [number, scale],
                [until, untilScale],
              ];
        return read(match, sign ?? inner ?? '', range, currency, prefix === undefined ? symbol : undefined);
      },
    )
    .replace(
      last,
      (
        match,
        sign: string | undefined,
        number: string,
        scale: string | undefined,
        symbol: string | undefined,
        code: string | undefined,
      ) => {
        const currency = symbol === undefined ? code : currencyOf(undefined, symbol, language);
        return read(match, sign ?? '', [[number, scale]], currency, symbol);
      },
    );
}
