/** The start of a line that tells how it looks: quote marks, headings, bullets, boxes to tick. */
const QUOTE_MARKS = /^\s*(?:>(?!\s?=|[-−+.\p{Sc}]{0,2}\d)\s?)+/u;
const QUOTED = /^\s*>/;
/** `> 5 kg`: a comparison, when no other line has such a mark. */
const COMPARED = /^\s*>\s[-−+.\p{Sc}]{0,2}\d/u;
const HEADING = /^\s{0,3}#{1,6}\s+/;
const BULLET = /^\s*(?:[-*+•‣▪◦·–]\s+)+(?:\[[ xX]\]\s+)?/;
/** A dash before a number, but for dates, times, phones and numbered items. */
const SPACED_MINUS =
  /^\s*[-–−]\s+(?=(?:\p{Sc}|[A-Z]{3} )?\s?(?:0(?!\d)|[1-9]\d{0,14}|(?=\.\d))(?:[.,'’]\d+)*(?![\d:/-]|[.)]\s))/u;
const AMOUNT_AHEAD = /^\s*[-–−]\s+(?:\p{Sc}|[A-Z]{3} ?\d|[\d.,'’ ]{1,30}(?:\p{Sc}|[A-Z]{3}(?!\p{L})))/u;
const NUMBERED = /^\s*\d{1,3}[.)]\s+/;
const RULE = /^\s*(?:[-*_=]\s?){3,}$/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;
const TABLE_BORDER = /^[\s|:+=-]+$/;
const LINK_TARGET = /^\s*\[[^[\]]{1,200}\]:\s*\S+.*$/;
/** An item that is a word or two rather than a sentence. */
const MAX_SHORT_ITEM = 60;

/** A line with something to say. */
interface Said {
  readonly kind: 'text' | 'item' | 'row';
  readonly words: string;
}
type Line = Said | { readonly kind: 'gap' };

/** Links and pictures become their words. Bounded, and each part ends at a bracket: no look goes over a text twice. */
function withoutLinks(line: string): string {
  if (!line.includes('[')) return line;
  return line
    .replace(
      /!?\[([^[\]\n]{0,500})\]\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,500})?\)/g,
      (_link, words: string) => words,
    )
    .replace(/\[([^[\]\n]{1,500})\]\[[^[\]\n]{0,200}\]/g, (_link, words: string) => words)
    .replace(/\[\^[^[\]\s]{1,40}\]:?/g, '');
}

/** Bold, which stays, or `2**3`, a power: with a space on both sides or on none. */
const POWER = /\*\*[^*\n]{1,500}\*\*|(\d)(?:\*\*| \*\* )(?=[-−]?\d{1,6}(?!\d|\*\*(?!\d)))/g;

/** Stars, underscores and ticks around words; a star between numbers stays for {@link readSigns}. */
function withoutEmphasis(line: string): string {
  return line
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(POWER, (bold, base: string | undefined) => (base === undefined ? bold : `${base}^`))
    .replace(/`+|\*{2,}|~{2,}/g, '')
    .replace(/\*(?=[^\s*\d])|(?<=[^\s*\d])\*/g, '')
    .replace(/(?<![\p{L}\p{N}_])_+(?=\S)|(?<=[^\s_])_+(?![\p{L}\p{N}_])/gu, '');
}

function readRow(line: string): string {
  return line
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(', ');
}

function readLine(raw: string, isInTable: boolean, isInNumberedList: boolean): Line {
  const line = raw.replace(QUOTE_MARKS, '');
  if (line.trim() === '' || RULE.test(line) || FENCE.test(line) || LINK_TARGET.test(line)) return { kind: 'gap' };
  if (isInTable) return TABLE_BORDER.test(line) ? { kind: 'gap' } : { kind: 'row', words: readRow(line) };
  if (HEADING.test(line))
    return {
      kind: 'text',
      words: `${line
        .replace(HEADING, '')
        .replace(/\s#+\s*$/, '')
        .trim()}.`,
    };
  const unmarked = line.replace(BULLET, '');
  if (unmarked !== line) return { kind: 'item', words: unmarked.trim() };
  if (isInNumberedList) return { kind: 'item', words: line.replace(NUMBERED, '').trim() };
  return { kind: 'text', words: line.trim() };
}

/** Lines of a kind that only its neighbours tell: a lone `5. ` or `|` means what it says. */
function isNeighboured(lines: readonly string[], at: number, mark: (line: string) => boolean): boolean {
  return mark(lines[at] ?? '') && (mark(lines[at - 1] ?? '') || mark(lines[at + 1] ?? ''));
}

const isRow = (line: string): boolean => line.includes('|');
const isNumbered = (line: string): boolean => NUMBERED.test(line);
const hasEnd = (words: string): boolean => /[.!?:;,。！？؟।…]["”’')\]]?$/u.test(words);

/** What goes between two lines: nothing after an end, a comma between short items, else a full stop. */
function borderOf(before: Said, after: Said, isNewParagraph: boolean): string {
  if (hasEnd(before.words)) return ' ';
  if (before.kind === 'row' && after.kind === 'row') return '; ';
  if (before.kind === 'item' && after.kind === 'item') {
    return Math.max(before.words.length, after.words.length) <= MAX_SHORT_ITEM ? ', ' : '. ';
  }
  // A line that goes on in small letters was only wrapped.
  const isWrapped = before.kind === 'text' && after.kind === 'text' && /^\p{Ll}/u.test(after.words);
  return isWrapped && !isNewParagraph ? ' ' : '. ';
}

/**
 * The lines with the marks that are none put so that they are kept: in a list of one a dash before a number is a minus
 * where the text starts, and before an amount where the line above does not end; `>` may compare.
 */
function marksRead(lines: readonly string[]): readonly string[] {
  const isLoneQuote = lines.filter((line) => QUOTED.test(line)).length === 1;
  const isLoneItem = lines.filter((line) => BULLET.test(line) || SPACED_MINUS.test(line)).length === 1;
  let above: string | undefined;
  return lines.map((line) => {
    const isMinus = above === undefined || (!hasEnd(above) && AMOUNT_AHEAD.test(line));
    if (line.trim() !== '') above = line.trim();
    if (isLoneQuote && COMPARED.test(line)) return line.replace(/>\s/, '>');
    return isLoneItem && isMinus ? line.replace(SPACED_MINUS, '-') : line;
  });
}

/** Without any of these a text is one line of words. */
const MARKED = /^\s*[-+=•‣▪◦·–−]|[\n*_`~\\[\]|#<>]/;

/**
 * Returns Markdown as one line of plain text: lists with commas or as sentences, tables as `a, b; c, d`, links and
 * emphasis as their words. Line breaks become sentence ends, unless a line was only wrapped.
 */
export function withoutMarkdown(text: string): string {
  if (!MARKED.test(text)) return text.trim();
  const lines = marksRead(text.split('\n'));
  const said: string[] = [];
  let before: Said | undefined;
  let isNewParagraph = false;
  for (const [at, raw] of lines.entries()) {
    const line = readLine(withoutLinks(raw), isNeighboured(lines, at, isRow), isNeighboured(lines, at, isNumbered));
    const words = line.kind === 'gap' ? '' : withoutEmphasis(line.words).trim();
    if (line.kind === 'gap' || words === '') {
      isNewParagraph = true;
      continue;
    }
    const after: Said = { kind: line.kind, words };
    if (before) said.push(borderOf(before, after, isNewParagraph));
    said.push(words);
    before = after;
    isNewParagraph = false;
  }
  return said.join('');
}
