import type { Schema } from './single-schema.js';

/** Keywords that Vapi's schemas do not know, said to the model in words instead (VAPI.md 5). */
export interface KeywordWords {
  readonly keywords: readonly string[];
  readonly words: string;
}

function numberOf(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

function range(schema: Schema, least: string, most: string, unit: string): KeywordWords[] {
  const min = numberOf(schema, least) ?? 0;
  const max = numberOf(schema, most);
  const keywords = [least, most].filter((keyword) => schema[keyword] !== undefined);
  if (max !== undefined) {
    const words = min === max ? `exactly ${String(max)} ${unit}` : `${String(min)} to ${String(max)} ${unit}`;
    return [{ keywords, words: min === 0 ? `at most ${String(max)} ${unit}` : words }];
  }
  return min > 0 ? [{ keywords, words: `at least ${String(min)} ${unit}` }] : [];
}

function numbers(schema: Schema): KeywordWords[] {
  const said: KeywordWords[] = [];
  const say = (keyword: string, words: (limit: string) => string): void => {
    const limit = numberOf(schema, keyword);
    if (limit !== undefined) said.push({ keywords: [keyword], words: words(String(limit)) });
  };
  const min = numberOf(schema, 'minimum');
  const max = numberOf(schema, 'maximum');
  if (min !== undefined && max !== undefined) {
    said.push({ keywords: ['minimum', 'maximum'], words: `${String(min)} to ${String(max)}` });
  } else {
    say('minimum', (limit) => `at least ${limit}`);
    say('maximum', (limit) => `at most ${limit}`);
  }
  say('exclusiveMinimum', (limit) => `more than ${limit}`);
  say('exclusiveMaximum', (limit) => `less than ${limit}`);
  say('multipleOf', (limit) => `a multiple of ${limit}`);
  return said;
}

/** What the model should know of a schema's limits, in the order in which it reads best. */
export function limitsInWords(schema: Schema): readonly KeywordWords[] {
  const unique = schema['uniqueItems'] === true ? [{ keywords: ['uniqueItems'], words: 'no repeats' }] : [];
  return [
    ...range(schema, 'minLength', 'maxLength', 'characters'),
    ...numbers(schema),
    ...range(schema, 'minItems', 'maxItems', 'items'),
    ...unique,
    ...range(schema, 'minProperties', 'maxProperties', 'properties'),
  ];
}

/** Annotations that help the model and have no field of their own in Vapi. */
export function hintsInWords(schema: Schema): readonly string[] {
  const { default: fallback, examples, example } = schema;
  const shown: unknown = Array.isArray(examples) ? (examples as unknown[])[0] : example;
  return [
    ...(fallback === undefined ? [] : [`default ${JSON.stringify(fallback)}`]),
    ...(shown === undefined ? [] : [`e.g. ${JSON.stringify(shown)}`]),
  ];
}

/** `description` with what is known beside it: `The region. 1 to 80 characters.` */
export function withWords(description: unknown, words: readonly string[]): string | undefined {
  const said = typeof description === 'string' ? description.trim() : '';
  if (words.length === 0) return said === '' ? undefined : said;
  const added = words.join(', ');
  const sentence = `${added.charAt(0).toUpperCase()}${added.slice(1)}.`;
  if (said === '') return sentence;
  return /[.!?]$/.test(said) ? `${said} ${sentence}` : `${said}. ${sentence}`;
}
