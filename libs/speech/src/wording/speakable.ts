import type { CompiledSpeechPlan } from '@interject/contracts';
import { readAddresses } from './addresses.js';
import { readAmounts } from './amounts.js';
import { visibleText } from './characters.js';
import { readDates } from './dates.js';
import { readEnglishNumbers } from './english-numbers.js';
import { withoutTags } from './html.js';
import { readIds } from './ids.js';
import { readJson, withReadFences } from './json-reading.js';
import { capLength } from './length-cap.js';
import { withoutMarkdown } from './markdown.js';
import { readMathSigns } from './math-signs.js';
import type { SpokenLanguage } from './spoken-language.js';
import { spokenLanguage } from './spoken-language.js';
import { readSigns, tidy } from './tidy.js';

/** How a text is put. */
export interface SpeakableOptions {
  /** A language tag (`en`, `pt-BR`); English for an unknown one. */
  readonly language: string;
  readonly maxCharacters: number;
  /** An IANA zone into which times with an offset are put; without it they are said as they are written. */
  readonly timeZone?: string;
}

/** Ten times what an utterance may carry: the rest would be cut anyway, and each look at the text costs time. */
const MAX_LOOKED_AT = 100_000;
/** What one pass leaves may be a pattern of its own (`&amp;lt;b&amp;gt;`); two do nearly always. */
const MAX_PASSES = 6;
/** What a program says when it has nothing to say. */
const NOTHING = /^\s*(?:null|undefined)\s*$/;
const FRAME = '{text}';
/** Shorter than this a text within a template says nothing: it is then said alone. */
const MIN_INNER = 20;

/**
 * One pass. Vapi's own formatter (`voice.chunkPlan.formatPlan`, on by default) runs on what comes out, in English
 * terms: it drops `<...>`, stars, underscores and ticks, turns colons and line breaks into full stops, reads numbers
 * above 2025 by digits, and takes groups of digits for dates and phones. So none of those is left for it to find:
 * large numbers are said in parts, ids by single characters, dates with the month's name, e-mail with "at" and "dot".
 */
function readOnce(text: string, language: SpokenLanguage, options: SpeakableOptions): string {
  const json = readJson(text, language);
  const seen = visibleText(json ?? withReadFences(text, language)).slice(0, MAX_LOOKED_AT);
  if (NOTHING.test(seen)) return '';
  const plain = withoutMarkdown(withoutTags(seen));
  // Words can shrink (an address to its host), so more is read than is said.
  const ahead = capLength(plain, options.maxCharacters * 4 + 400);
  const addressed = readAddresses(ahead, language);
  const dated = readDates(readMathSigns(addressed, language), language, options.timeZone);
  const spelled = readIds(readAmounts(dated, language), language);
  const counted = language.isEnglish ? readEnglishNumbers(spelled) : spelled;
  return tidy(readSigns(counted, language));
}

/** Reads until nothing changes. @returns what is said, and whether another pass would certainly leave it as it is */
function readThrough(
  text: string,
  read: (text: string) => string,
): { readonly said: string; readonly isFixed: boolean } {
  let said = read(text);
  // Nearly every text is plain: then one pass has shown it.
  if (said === text) return { said, isFixed: true };
  for (let pass = 1; pass < MAX_PASSES; pass += 1) {
    const again = read(said);
    if (again === said) return { said, isFixed: true };
    said = again;
  }
  return { said, isFixed: false };
}

/**
 * Makes a text speakable: one line without markup, JSON or signs, with amounts, dates, times, ids and addresses put
 * so that a voice says them well. Saying it twice changes nothing: `speakable(speakable(x)) === speakable(x)`.
 * Never throws.
 *
 * @returns at most `maxCharacters` UTF-16 units, cut after a sentence or a word; '' when there is nothing to say
 */
export function speakable(text: string, options: SpeakableOptions): string {
  const language = spokenLanguage(options.language);
  const read = (one: string): string => readOnce(one, language, options);
  const whole = readThrough(text, read);
  let said = capLength(whole.said, options.maxCharacters);
  if (whole.isFixed && said === whole.said) return said;
  // What is cut may read otherwise than it did with its end: it is read again, and cut shorter each time.
  for (let pass = 1; pass < MAX_PASSES; pass += 1) {
    const again = read(said);
    if (again === said) return said;
    said = capLength(again, Math.min(options.maxCharacters, said.length));
  }
  return said;
}

const ENDS_SENTENCE = /[.!?。！？]["”’»]?$/;

/** The text between the two sides of its template, with one mark at each border. */
function joinFrame(before: string, inner: string, after: string): string {
  const follows = after.trimStart();
  // "{text} is what I found", "{text}, and that is all": the text's own full stop would end the sentence too early.
  const goesOn = /^[\p{Ll}.,;:!?]/u.test(follows);
  const asks = /[!?！？]["”’»]?$/.test(inner);
  if (!goesOn || !ENDS_SENTENCE.test(inner)) return `${before}${inner}${after}`;
  if (asks) return `${before}${inner}${after.replace(/^\s*[.!?]+/, '')}`;
  return `${before}${inner.replace(/[.。](["”’»]?)$/, '$1')}${after}`;
}

/**
 * Puts the template's sentence around a speakable text; `repeatTemplate` when it is said again.
 *
 * @returns at most `maxCharacters`, of which the template takes its part; '' when the text has nothing to say
 */
export function sentenceOf(
  text: string,
  plan: Pick<CompiledSpeechPlan, 'template' | 'repeatTemplate' | 'language' | 'maxCharacters'>,
  isRepeat: boolean,
): string {
  const { language, maxCharacters } = plan;
  const template = isRepeat ? (plan.repeatTemplate ?? plan.template) : plan.template;
  const at = template?.indexOf(FRAME) ?? -1;
  const room = maxCharacters - (template === undefined ? 0 : template.length - FRAME.length);
  if (template === undefined || at === -1 || room < MIN_INNER) return speakable(text, { language, maxCharacters });
  const inner = speakable(text, { language, maxCharacters: room });
  if (inner === '') return '';
  const framed = joinFrame(template.slice(0, at), inner, template.slice(at + FRAME.length));
  return speakable(framed, { language, maxCharacters });
}
