import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sentenceOf, speakable } from './speakable.js';
import { spokenLanguage } from './spoken-language.js';

const languages = fc.constantFrom(
  'en',
  'en-GB',
  'en-CA',
  'de',
  'fr',
  'es',
  'pt-BR',
  'bg',
  'da',
  'fi',
  'ja',
  'zh',
  'ko',
  'ar',
  'fa',
  'hi',
  'th',
  'tlh',
  'x',
  '',
);
const caps = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 40, max: 2000 }));

/** Pieces of everything that a step looks for, so that random joins of them meet the odd borders. */
const pieces = fc.constantFrom(
  '$1,234.50',
  '€9,99',
  '12 345,50 €',
  'USD 12',
  '-',
  '+',
  '–',
  ' ',
  ' ',
  ' ',
  '\n',
  '\n\n',
  '\t',
  '.',
  ',',
  ':',
  ';',
  '!',
  '?',
  '…',
  '...',
  '10-12',
  '5',
  '12345',
  '12,345',
  '1,234,567.89',
  '0042',
  '2026',
  '2026-11-22',
  '2026-11-22T14:30:00Z',
  '2026-11-22 14:30',
  '14:30',
  '09:30:00',
  ' PM',
  '3:1',
  '1.2.3',
  '%',
  '°C',
  'AB12CD34',
  'ORD-2026-00123',
  '123e4567-e89b-12d3-a456-426614174f2a',
  '+1 (415) 555-0123',
  '030 1234567',
  'DE89 3704 0044 0532 0130 00',
  'https://www.example.com/track/1',
  'jo.doe@example.com',
  'www.',
  '@',
  '/',
  '#',
  '# ',
  '- ',
  '* ',
  '1. ',
  '> ',
  '**',
  '*',
  '_',
  '__',
  '`',
  '```',
  '~',
  '|',
  '|---|',
  '[a](b)',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '"',
  '\\',
  '<b>',
  '</b>',
  '<br>',
  '<',
  '>',
  '<!--',
  '-->',
  '<script>',
  '</script>',
  '&amp;',
  '&lt;',
  '&#36;',
  '&',
  ';',
  '{"a": 1, "b_c": "d"}',
  '{"a":',
  '[1,2,3]',
  'null',
  'Hello',
  'the',
  'Dr.',
  'a',
  'I',
  'ä',
  '好',
  '。',
  'ا',
  '\u200c',
  '\u200d',
  '\u202e',
  '\ufeff',
  '\u0000',
  '\ud800',
  '\udc00',
  '👋🏽',
  '🇩🇪',
  '=>',
  '<=',
  '>=',
  '<5',
  '> 5',
  '^',
  '2**3',
  '<sup>2</sup>',
  '- 5',
  '- $5',
  '($1,200.00)',
  '€1.234',
  'undefined',
  '->',
  '×',
  'k',
  'M',
  'million',
  '{text}',
  '$&',
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.json({ maxDepth: 5 }),
);

describe('speakable, for any text', () => {
  it('gives one line within the cap, without controls, invisible characters or halves of pairs', () => {
    fc.assert(
      fc.property(texts, languages, caps, (text, language, maxCharacters) => {
        const said = speakable(text, { language, maxCharacters });
        expect(said.length).toBeLessThanOrEqual(maxCharacters);
        // Other languages keep comparisons: a sign between spaces.
        const isEnglish = spokenLanguage(language).isEnglish;
        const others = isEnglish ? said : said.replace(/(?<=^|\s)[<>](?= \S)/g, '');
        expect(others).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff<>`*{}[\]|]/u);
        expect(said).toBe(said.trim());
        expect(said).not.toMatch(/\s{2}/);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing when it is done twice', () => {
    fc.assert(
      fc.property(texts, languages, caps, (text, language, maxCharacters) => {
        const said = speakable(text, { language, maxCharacters });
        expect(speakable(said, { language, maxCharacters })).toBe(said);
      }),
      { numRuns: 400 },
    );
  });

  it('says something when there are words', () => {
    const words = fc.array(fc.stringMatching(/^[A-Za-z0-9]{1,12}[.,!?]?$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, languages, caps, (some, language, maxCharacters) => {
        expect(speakable(some.join(' '), { language, maxCharacters })).toMatch(/[\p{L}\p{N}]/u);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps plain words as they are', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{2,12}$/), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(words, languages, (some, language) => {
        const text = `${some.join(' ')}.`;
        expect(speakable(text, { language, maxCharacters: 2000 })).toBe(text);
      }),
    );
  });
});

describe('sentenceOf, for any text', () => {
  it('holds the cap for the whole sentence and is one line', () => {
    const templates = fc.constantFrom(
      'About your order: {text}',
      '{text} is what I found.',
      'So {text}. Anything else?',
      'x {text}',
      undefined,
    );
    fc.assert(
      fc.property(
        texts,
        languages,
        fc.integer({ min: 40, max: 400 }),
        templates,
        fc.boolean(),
        (text, language, maxCharacters, template, isRepeat) => {
          const plan = { language, maxCharacters, ...(template !== undefined && { template }) };
          const said = sentenceOf(text, plan, isRepeat);
          expect(said.length).toBeLessThanOrEqual(maxCharacters);
          expect(said).not.toMatch(/[\p{Cc}]|\.\./u);
          expect(said === '').toBe(speakable(text, { language, maxCharacters: 400 }) === '');
        },
      ),
      { numRuns: 400 },
    );
  });
});
