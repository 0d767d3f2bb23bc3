import { decodeHTMLStrict } from 'entities/decode';

/** What a reader never sees, with its end. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/<!--/g, '-->'],
  [/<script\b/gi, '</script>'],
  [/<style\b/gi, '</style>'],
];
/** `[^<>]` ends at the next `<`, so that many open tags without an end cost one look each. */
const TAG = /<[/!?]?([a-z][\w:-]{0,40})?[^<>]*>/gi;
/** `5<sup>2</sup>` is not 52; `10<sup>th</sup>` is 10th. */
const EXPONENT = /(?<=\d)<sup\b[^<>]{0,200}>\s?([-−+]?\d{1,4})\s?<\/sup>/gi;
const ATTRIBUTES = /^\s*\/?$|=|^\s+[a-z]+$/;
const ADDRESS_IN_BRACKETS = /^<(?:mailto:)?((?:https?:\/\/|[^\s@<>]{1,64}@)[^\s<>]+)>$/i;
const LINE_TAGS = new Set(
  'address article blockquote dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre s-p section table tr ul'.split(
    ' ',
  ),
);
const CELL_TAGS = new Set(['td', 'th']);

/** Drops from each `open` to the `close` after it. One without a `close` stays: the tag itself goes later. */
function withoutSpans(text: string, open: RegExp, close: string): string {
  // Lower-casing may change lengths (İ), and with it the places: only ASCII letters count here.
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const kept: string[] = [];
  let from = 0;
  for (const match of text.matchAll(open)) {
    if (match.index < from) continue;
    const end = lower.indexOf(close, match.index);
    if (end === -1) break;
    kept.push(text.slice(from, match.index));
    from = end + close.length;
  }
  return [...kept, text.slice(from)].join(' ');
}

function readTag(tag: string, name: string | undefined): string {
  const address = ADDRESS_IN_BRACKETS.exec(tag)?.[1];
  if (address !== undefined) return address;
  // `<3` and `< b`: signs, not a tag.
  if (name === undefined) return /^<[!?]/.test(tag) ? ' ' : tag;
  // `x <y and z> w`: words between two signs, not a tag with attributes.
  if (!ATTRIBUTES.test(tag.slice(tag.indexOf(name) + name.length, -1))) return tag;
  const known = name.toLowerCase();
  if (known === 'br') return '\n';
  // No dash: before a number that would be a minus.
  if (known === 'li' && !tag.startsWith('</')) return '\n• ';
  if (LINE_TAGS.has(known)) return '\n\n';
  if (CELL_TAGS.has(known)) return tag.startsWith('</') ? ', ' : ' ';
  // Speech markup that stands for a pause.
  return known === 'break' ? ', ' : '';
}

/**
 * Returns the text without HTML and SSML tags, comments, scripts and styles; blocks and rows become lines. Entities
 * become the characters they stand for; one without a semicolon is taken as text (`?a=1&region=2`).
 */
export function withoutTags(text: string): string {
  let rest = text;
  if (rest.includes('<')) {
    for (const [open, close] of HIDDEN) rest = withoutSpans(rest, open, close);
    rest = rest.replace(EXPONENT, '^$1').replace(TAG, readTag);
  }
  return rest.includes('&') ? decodeHTMLStrict(rest) : rest;
}
