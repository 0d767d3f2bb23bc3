import type { SpokenLanguage } from './spoken-language.js';
import { numberFormat } from './spoken-language.js';

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
export const CENTS: Readonly<Record<string, readonly [string, string]>> = {
  USD: ['cent', 'cents'],
  EUR: ['cent', 'cents'],
  CAD: ['cent', 'cents'],
  AUD: ['cent', 'cents'],
  NZD: ['cent', 'cents'],
  SGD: ['cent', 'cents'],
  HKD: ['cent', 'cents'],
  GBP: ['penny', 'pence'],
};
/** The currency of a sign (`$`, with `CA` before it or not); undefined when it may be several. */
export const currencyOf = (prefix: string | undefined, sign: string, language: SpokenLanguage): string | undefined => {
  if (prefix !== undefined) return sign === '$' ? DOLLARS[prefix] : undefined;
  if (sign === '¥') return language.tag.startsWith('zh') ? 'CNY' : 'JPY';
  if (sign !== '$') return SIGNS[sign];
  // Half of the Spanish-speaking world writes its pesos so: without a region it stays.
  if (language.tag === 'es') return undefined;
  return DOLLAR_OF_REGION[language.region ?? ''] ?? 'USD';
};

/** The name for so many of them, as the language says it; the bare one for a bare sign in English. */
export function nameOf(value: number, currency: string, sign: string | undefined, language: SpokenLanguage): string {
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
