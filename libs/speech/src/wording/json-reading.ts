import type { SpokenLanguage } from './spoken-language.js';
import { numberFormat } from './spoken-language.js';

/** Bounds of what a listener can take in; the length cap cuts further. */
const MAX_DEPTH = 3;
const MAX_FIELDS = 12;
const MAX_ITEMS = 5;
/** Arrays of one, in one, in one: as deep as an envelope ever was. */
const MAX_ENVELOPES = 10;
const FENCED = /^```[\w-]{0,20}[^\S\n]*\n([\s\S]*)\n[^\S\n]*```$/;
const SCALAR_FIELD = /"([^"\\\n]{1,80})"\s{0,8}:\s{0,8}(?:"((?:[^"\\]|\\.){0,500})"|(-?\d[\d.]{0,20}|true|false))/g;
/** Keys of numbers that are spelled, not counted. */
const ID_KEY =
  /(?:^|[\s_-])(?:id|ids|no|nr|number|code|phone|tel|zip|pin|years?|postcode|reference|ref|account|iban)$/i;
/** Names that say nothing of what is in them. */
const ENVELOPE_KEY = /^(?:attributes|body|data|payload|response|result)$/i;
const CLOCK_KEY = /(?:^|\s)(?:at|time|timestamp|date|epoch)$/i;
/** An object of this one field is an envelope around the words. */
const WORDS_KEY = /^(?:answer|content|message|output|reply|response|result|say|speech|summary|text)$/i;

/** `estimatedDeliveryDate`, `order_id`, `ETA-local` as words. */
function readKey(key: string): string {
  return key
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[_\-.:]+/g, ' ')
    .replace(/(?<!\p{Lu})\p{Lu}(?!\p{Lu})/gu, (letter) => letter.toLowerCase())
    .trim();
}

/** Marked thousands tell the later steps that it is a count. A clock in milliseconds is for machines: left out. */
function readNumber(value: number, key: string, language: SpokenLanguage): string | undefined {
  if (!Number.isFinite(value) || (CLOCK_KEY.test(key) && value >= 1e9)) return undefined;
  // Without a key 2026 is a year as well as a count.
  const isPlain = ID_KEY.test(key) || Math.abs(value) >= 1e15 || (key === '' && Math.abs(value) < 10_000);
  return isPlain ? String(value) : numberFormat(language, { maximumFractionDigits: 6 }).format(value);
}

/** `{ amount: 12.5, currency: 'USD' }` as one amount. */
function readMoney(fields: readonly (readonly [string, unknown])[]): string | undefined {
  if (fields.length !== 2) return undefined;
  const amount = fields.find(([key]) => /^(?:amount|value)$/i.test(key))?.[1];
  const currency = fields.find(([key]) => /^currency(?:_?code)?$/i.test(key))?.[1];
  const isNumber =
    typeof amount === 'number' || (typeof amount === 'string' && /^-?\d{1,15}(?:\.\d{1,2})?$/.test(amount));
  if (!isNumber || typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return undefined;
  // In JSON a full stop never marks thousands: a fourth digit keeps `1.234 EUR` from being read so.
  return /^-?\d{1,3}\.\d{3}$/.test(`${amount}`) ? `${amount}0 ${currency}` : `${amount} ${currency}`;
}

function readScalar(value: unknown, key: string, language: SpokenLanguage): string | undefined {
  switch (typeof value) {
    case 'string':
      return value.trim() === '' ? undefined : value.trim();
    case 'number':
      return readNumber(value, readKey(key), language);
    case 'boolean':
      if (!language.isEnglish) return String(value);
      return value ? 'yes' : 'no';
    default:
      return undefined;
  }
}

/** Said parts of a list or an object, `and 3 more` after the bound: English only, others end there. */
function bounded(parts: readonly string[], max: number, border: string, language: SpokenLanguage): string | undefined {
  if (parts.length === 0) return undefined;
  const more = parts.length - max;
  const said = parts.slice(0, max).join(border);
  return more > 0 && language.isEnglish ? `${said}${border}and ${more} more` : said;
}

function readList(items: readonly unknown[], key: string, depth: number, language: SpokenLanguage): string | undefined {
  // Of the others only the count matters.
  const parts: string[] = [];
  for (const item of items) {
    if (parts.length < MAX_ITEMS) {
      const said = readValue(item, key, depth + 1, language);
      if (said !== undefined) parts.push(said);
    } else if (item !== null && item !== '') {
      parts.push('');
    }
  }
  const hasRecords = items.some((item) => typeof item === 'object' && item !== null);
  return bounded(parts, MAX_ITEMS, hasRecords ? '; ' : ', ', language);
}

/** A field as `key: value`; the fields of an object inside as `key inner: value`, flat, as one would say it. */
function readField(key: string, value: unknown, prefix: string, depth: number, language: SpokenLanguage): string[] {
  // What starts with a sign is for machines: `_id`, `__typename`, `$schema`.
  if (/^[_$@]/.test(key)) return [];
  const words = `${prefix}${readKey(key)}`;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const read = isObject ? readMoney(Object.entries(value)) : readValue(value, key, depth, language);
  if (read !== undefined) return [words === '' ? read : `${words}: ${read}`];
  return isObject && depth < MAX_DEPTH
    ? fieldsOf(value, ENVELOPE_KEY.test(key) ? prefix : `${words} `, depth + 1, language)
    : [];
}

function fieldsOf(object: object, prefix: string, depth: number, language: SpokenLanguage): string[] {
  return Object.entries(object).flatMap(([key, value]) => readField(key, value, prefix, depth, language));
}

function readValue(value: unknown, key: string, depth: number, language: SpokenLanguage): string | undefined {
  if (typeof value !== 'object' || value === null) return readScalar(value, key, language);
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return readList(value, key, depth, language);
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0 && WORDS_KEY.test(only[0])) {
    return readValue(only[1], only[0], depth + 1, language);
  }
  return bounded(fieldsOf(value, '', depth, language), MAX_FIELDS, ', ', language);
}

/** What is inside lists of one. */
function unwrapped(value: unknown): unknown {
  let inner = value;
  for (let envelopes = 0; envelopes < MAX_ENVELOPES && Array.isArray(inner) && inner.length === 1; envelopes += 1) {
    inner = inner[0] as unknown;
  }
  return inner;
}

/** The scalar fields of JSON that does not parse, cut off for example: what is said was there, nothing is added. */
function readScraps(text: string, language: SpokenLanguage): string | undefined {
  const parts: string[] = [];
  for (const [, key = '', words, other = ''] of text.matchAll(SCALAR_FIELD)) {
    if (parts.length >= MAX_FIELDS) break;
    const value =
      words
        ?.replace(/\\[nrt]/g, ' ')
        .replace(/\\(.)/g, '$1')
        .trim() ?? other;
    if (value !== '' && !/^[_$@]/.test(key)) parts.push(`${readKey(key)}: ${value}`);
  }
  return bounded(parts, MAX_FIELDS, ', ', language);
}

/**
 * Reads JSON out as `key: value, key: value`. Null and empty values are left out, and what lies too deep.
 *
 * @returns the words, '' for JSON that holds nothing to say, or undefined for a text that is no JSON
 */
export function readJson(text: string, language: SpokenLanguage): string | undefined {
  const trimmed = text.trim();
  const body = (FENCED.exec(trimmed)?.[1] ?? trimmed).trim();
  if (!/^[[{"]/.test(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    // A text that was made JSON, perhaps twice.
    if (typeof value === 'string') return readJson(value, language) ?? value;
    const said = readValue(unwrapped(value), '', 0, language);
    // All that it says lies deeper than one would say it.
    return said ?? readScraps(body, language) ?? '';
  } catch {
    // A SyntaxError: no JSON, or a piece of it.
    return /[[{,]\s{0,40}"[^"\n]{1,80}"\s{0,8}:/.test(body) ? readScraps(body, language) : undefined;
  }
}

/** Reads the fenced JSON that stands between other lines. */
export function withReadFences(text: string, language: SpokenLanguage): string {
  if (!text.includes('```')) return text;
  const parts = text.split('```');
  return parts
    .map((part, at) => {
      const isFenced = at % 2 === 1 && at < parts.length - 1;
      if (!isFenced) return part;
      const read = readJson(part.replace(/^[\w-]{0,20}[^\S\n]*\n/, ''), language);
      return read ?? `\`\`\`${part}\`\`\``;
    })
    .join('');
}
