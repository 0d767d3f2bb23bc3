import { hintsInWords, limitsInWords, withWords } from './schema-words.js';
import { isSchema, singleSchema } from './single-schema.js';
import type { Schema } from './single-schema.js';

/** The formats that Vapi's and OpenAI's schemas know (VAPI.md 5). */
export const StrictFormats = [
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
] as const;
export type StrictFormat = (typeof StrictFormats)[number];

const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'] as const;
type StrictType = (typeof TYPES)[number];

/** A schema in the words that Vapi takes. `additionalProperties` stands in it only if the whole tool is strict. */
export interface StrictSchema {
  readonly type: StrictType;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: StrictFormat;
  readonly items?: StrictSchema;
  readonly properties?: Readonly<Record<string, StrictSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

/** `function.parameters` and `function.strict` of a Vapi tool. */
export interface StrictParameters {
  readonly parameters: StrictSchema & {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, StrictSchema>>;
    readonly required: readonly string[];
  };
  /** Strict mode would take it: `function.strict` may be true. Otherwise it must be left out, it would be dropped silently. */
  readonly isStrict: boolean;
  /**
   * One text each, beginning with the property: where the model is told less than the tool's own schema says (the gateway
   * still checks that), and why the tool is not strict.
   */
  readonly looseness: readonly string[];
}

/** Strict mode takes no more (the lowest limits that OpenAI has published). */
const MAX_DEPTH = 5;
const MAX_PROPERTIES = 100;
/** A schema that refers to itself is cut off here. */
const LAST_DEPTH = 10;
const LOOKAROUND = /\(\?(?:[=!]|<[=!])|\\[1-9]/;
const SENTENCE_VALUES = 50;

class Translation {
  readonly looseness: string[] = [];
  isStrict = true;
  private properties = 0;

  constructor(private readonly root: Schema) {}

  object(schema: Schema, path: string, depth: number, hidden: ReadonlySet<string>): StrictSchema {
    const given = isSchema(schema['properties']) ? schema['properties'] : {};
    const names = Object.keys(given).filter((name) => !hidden.has(name));
    this.properties += names.length;
    this.checkObject(schema, path, depth, names.length > 0);
    const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : []);
    const properties: [string, StrictSchema][] = names.map((name) => {
      const inner = path === '' ? name : `${path}.${name}`;
      if (!required.has(name)) this.notStrict(inner, 'is optional: strict mode wants every property to be required');
      return [name, this.translate(given[name], inner, depth)];
    });
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: names.filter((name) => required.has(name)),
    };
  }

  private translate(given: unknown, path: string, depth: number): StrictSchema {
    const { schema, notes } = singleSchema(isSchema(given) ? given : {}, this.root);
    for (const note of notes) this.looser(path, note);
    const type = TYPES.find((known) => known === schema['type']) ?? 'string';
    const words = this.limits(schema, path);
    const text = type === 'string' ? this.text(schema, path, words) : {};
    const inner = this.inner(type, schema, path, depth);
    if (type !== 'string') this.values(schema, path, words);
    const title = schema['title'];
    const description = withWords(schema['description'], [...words, ...hintsInWords(schema)]);
    return {
      ...inner,
      type,
      ...(typeof title === 'string' && { title }),
      ...(description !== undefined && { description }),
      ...text,
    };
  }

  private inner(type: StrictType, schema: Schema, path: string, depth: number): Partial<StrictSchema> {
    if (type !== 'array' && type !== 'object') return {};
    if (depth >= LAST_DEPTH) {
      this.notStrict(path, `is cut off: it is nested deeper than ${String(LAST_DEPTH)} levels`);
      return type === 'object' ? { properties: {}, required: [] } : { items: { type: 'string' } };
    }
    if (type === 'object') return this.object(schema, path, depth + 1, new Set());
    const { items } = schema;
    if (Array.isArray(items) || schema['prefixItems'] !== undefined) this.looser(path, 'is a tuple: its places differ');
    const first: unknown = Array.isArray(schema['prefixItems']) ? schema['prefixItems'][0] : items;
    return { items: this.translate(Array.isArray(first) ? first[0] : first, `${path}[]`, depth + 1) };
  }

  private text(schema: Schema, path: string, words: string[]): Partial<StrictSchema> {
    const { pattern, format } = schema;
    const known = StrictFormats.find((one) => one === format);
    if (typeof format === 'string' && known === undefined) {
      words.push(`format ${format}`);
      this.looser(path, `format ${format} is said in the description alone: Vapi does not know it`);
    }
    const isPlain = typeof pattern === 'string' && !LOOKAROUND.test(pattern);
    if (typeof pattern === 'string' && !isPlain) {
      words.push(`matches ${pattern}`);
      this.looser(path, 'pattern is said in the description alone: strict mode knows no lookaround or back reference');
    }
    const values = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : undefined;
    const strings = values?.filter((value): value is string => typeof value === 'string');
    if (values !== undefined && strings?.length !== values.length) this.looser(path, 'only its texts are offered');
    return {
      ...(strings !== undefined && strings.length > 0 && { enum: strings }),
      ...(isPlain && { pattern }),
      ...(known !== undefined && { format: known }),
    };
  }

  /** Vapi's enums hold texts alone. */
  private values(schema: Schema, path: string, words: string[]): void {
    const values = schema['enum'];
    if (!Array.isArray(values)) return;
    const shown = (values as unknown[]).slice(0, SENTENCE_VALUES).map((value) => JSON.stringify(value));
    words.push(`one of ${shown.join(', ')}`);
    this.looser(path, 'enum is said in the description alone: in Vapi it holds texts only');
  }

  private limits(schema: Schema, path: string): string[] {
    return limitsInWords(schema).map(({ keywords, words }) => {
      this.looser(path, `${keywords.join(' and ')} said in the description alone: Vapi does not know it`);
      return words;
    });
  }

  private checkObject(schema: Schema, path: string, depth: number, hasNames: boolean): void {
    const extra = schema['additionalProperties'];
    const takesAny = extra === true || isSchema(extra) || isSchema(schema['patternProperties']);
    if (takesAny || (!hasNames && extra !== false && path !== '')) {
      this.notStrict(path, 'takes properties of any name: strict mode wants all of them named');
    }
    if (depth > MAX_DEPTH) this.notStrict(path, `is nested deeper than ${String(MAX_DEPTH)} levels`);
    if (this.properties > MAX_PROPERTIES) this.notStrict(path, `brings it over ${String(MAX_PROPERTIES)} properties`);
  }

  private notStrict(path: string, reason: string): void {
    this.isStrict = false;
    this.looser(path, reason);
  }

  private looser(path: string, text: string): void {
    this.looseness.push(`${path === '' ? 'arguments' : path}: ${text}`);
  }
}

function closed(schema: StrictSchema): StrictSchema {
  const { items, properties } = schema;
  return {
    ...schema,
    ...(items && { items: closed(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, closed(inner)])),
      additionalProperties: false,
    }),
  };
}

/**
 * What the model is told of a tool's arguments: the schema in the words that Vapi takes, and in OpenAI's strict form if it
 * can be. Limits that Vapi has no word for are said in the descriptions. Where a schema leaves a choice, the first one is
 * offered, so what the model sends can fit; the whole schema stays the contract, which the gateway checks.
 *
 * @param schema `ToolDefinition.parameters`
 * @param staticArguments `ToolDefinition.staticArguments`: Vapi fills them in, the model never sees them
 */
export function strictParameters(
  schema: Readonly<Record<string, unknown>>,
  staticArguments: Readonly<Record<string, unknown>> = {},
): StrictParameters {
  const translation = new Translation(schema);
  const { schema: single, notes } = singleSchema(schema, schema);
  const object = translation.object(single, '', 1, new Set(Object.keys(staticArguments)));
  const { isStrict } = translation;
  const parameters = (isStrict ? closed(object) : object) as StrictParameters['parameters'];
  return { parameters, isStrict, looseness: [...notes.map((note) => `arguments: ${note}`), ...translation.looseness] };
}
