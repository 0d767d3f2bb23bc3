import type { Decoration, PropertyFacts } from './dto-metadata.js';
import type { JsonKind, JsonSchema, ValidatorRule } from './json-schema.types.js';
import { TEXT_VALIDATORS } from './text-validators.js';
import { VALUE_VALIDATORS } from './value-validators.js';

/** A schema, or why there is none. */
export type Expressed =
  { readonly ok: true; readonly schema: JsonSchema } | { readonly ok: false; readonly reasons: readonly string[] };

/** Gives the schema of a nested class. */
export type NestedSchema = (child: unknown) => Expressed;

const DECLARED = new Map<unknown, JsonKind>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);
const COLLECTIONS = new Set<unknown>([Map, Set, WeakMap, WeakSet]);
const TIGHTER: Readonly<Record<string, (a: number, b: number) => number>> = {
  minimum: Math.max,
  exclusiveMinimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  minProperties: Math.max,
  maximum: Math.min,
  exclusiveMaximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
};

const refuse = (...reasons: readonly string[]): Expressed => ({ ok: false, reasons });

function ruleOf({ name, constraints, isAsync }: Decoration, isDescribed: boolean): ValidatorRule {
  const meaning = TEXT_VALIDATORS[name] ?? VALUE_VALIDATORS[name];
  if (meaning !== undefined) return meaning(constraints);
  const shown = name === '' ? 'a validator of your own' : `the validator "${name}"`;
  if (isAsync) return { refused: `${shown} is asynchronous and would never be waited for: check it in run()` };
  return isDescribed
    ? {}
    : {
        refused: `JSON Schema has no word for ${shown}: tell the model about it with @Describe(), it is checked when it runs`,
      };
}

/** The same keyword twice: the tighter limit, or both. */
function merged(schemas: readonly JsonSchema[]): JsonSchema {
  const all: Record<string, unknown> = {};
  const beside: JsonSchema[] = [];
  for (const schema of schemas) {
    for (const [keyword, value] of Object.entries(schema)) {
      const present = all[keyword];
      const tighter = TIGHTER[keyword];
      if (present === undefined) all[keyword] = value;
      else if (keyword === 'allOf') all[keyword] = [...(present as unknown[]), ...(value as unknown[])];
      else if (tighter !== undefined) all[keyword] = tighter(present as number, value as number);
      else beside.push({ [keyword]: value });
    }
  }
  if (beside.length === 0) return all;
  return { ...all, allOf: [...((all['allOf'] as unknown[] | undefined) ?? []), ...beside] };
}

/** 1 is a number too; anything else has one kind. */
function kindOf(
  rules: readonly { readonly kind?: JsonKind }[],
  fallback: JsonKind | undefined,
): JsonKind | readonly JsonKind[] {
  const kinds = new Set(rules.flatMap(({ kind }) => (kind === undefined ? [] : [kind])));
  if (kinds.has('integer')) kinds.delete('number');
  const [kind, ...others] = kinds;
  if (others.length > 0) return [...kinds].sort();
  return kind ?? fallback ?? [];
}

/**
 * What the decorators of one value come to: of a property, or of the items of a list.
 *
 * @param fallback its type, if no decorator tells
 */
function valueSchema(decorations: readonly Decoration[], facts: PropertyFacts, fallback?: JsonKind): Expressed {
  const isDescribed = facts.note.description !== undefined;
  const rules = decorations.filter(({ kind }) => kind === 'validator').map((one) => ruleOf(one, isDescribed));
  const refused = rules.flatMap((rule) => ('refused' in rule ? [rule.refused] : []));
  if (refused.length > 0) return refuse(...refused);
  const meant = rules.flatMap((rule) => ('refused' in rule ? [] : [rule]));
  const kind = kindOf(meant, fallback);
  if (typeof kind !== 'string') {
    return refuse(
      kind.length === 0
        ? 'no decorator says its type: add one, e.g. @IsString()'
        : `its decorators say it is ${kind.join(' and ')} at once: keep one type`,
    );
  }
  const { minLength, ...schema } = merged(meant.map((rule) => rule.schema ?? {}));
  // @IsNotEmpty() has nothing to say about numbers.
  const length = kind === 'string' && minLength !== undefined ? { minLength } : {};
  const words = meant.flatMap((rule) => rule.words ?? []);
  return {
    ok: true,
    schema: { type: kind, ...length, ...schema, ...(words.length > 0 && { description: sentence(words) }) },
  };
}

function sentence(words: readonly string[]): string {
  const text = words.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function isList(facts: PropertyFacts): boolean {
  const kinds = facts.decorations.filter(({ kind }) => kind === 'validator').map((one) => ruleOf(one, true));
  return (
    facts.declared === Array ||
    facts.decorations.some(({ each }) => each) ||
    kinds.some((rule) => 'kind' in rule && rule.kind === 'array')
  );
}

function nestedSchema(facts: PropertyFacts, beside: readonly Decoration[], nested: NestedSchema): Expressed {
  const child = facts.transformedTo ?? facts.declared;
  const expressed = nested(child);
  if (!expressed.ok || beside.length === 0) return expressed;
  const own = valueSchema(beside, facts, 'object');
  if (!own.ok) return own;
  const { type } = own.schema;
  if (type !== 'object') return refuse(`is nested, but its decorators say ${String(type)}: keep one of them`);
  return { ok: true, schema: { ...own.schema, ...expressed.schema } };
}

function listSchema(facts: PropertyFacts, nested: NestedSchema): Expressed {
  const { decorations } = facts;
  const outer = decorations.filter(({ each, kind }) => !each && kind === 'validator');
  const inner = decorations.filter(({ each, kind }) => each && kind === 'validator');
  const list = valueSchema(outer, facts, 'array');
  if (!list.ok) return list;
  const isNested = decorations.some(({ kind }) => kind === 'nested');
  const items = isNested ? nestedSchema({ ...facts, declared: undefined }, inner, nested) : itemSchema(inner, facts);
  if (!items.ok) return items;
  const { type, ...own } = comparable(list.schema, items.schema);
  if (type !== 'array')
    return refuse(`is a list, but a decorator says ${type as JsonKind}: give that one { each: true }`);
  return { ok: true, schema: { ...own, type, items: items.schema } };
}

/** class-validator compares objects by identity: two that look the same are no repeats to it. */
function comparable({ uniqueItems, ...list }: JsonSchema, items: JsonSchema): JsonSchema {
  if (uniqueItems === undefined || items['type'] !== 'object')
    return { ...list, ...(uniqueItems === true && { uniqueItems }) };
  return { ...list, description: 'No repeats.' };
}

function itemSchema(inner: readonly Decoration[], facts: PropertyFacts): Expressed {
  if (inner.length === 0) {
    return refuse(
      'is a list of unknown things: say what they are, e.g. @IsString({ each: true }), or @ValidateNested() with @Type()',
    );
  }
  const items = valueSchema(inner, facts);
  return items.ok && items.schema['type'] === 'array'
    ? refuse('is a list of lists: put the inner one into a class')
    : items;
}

function mismatch({ declared, transformedTo }: PropertyFacts, schema: JsonSchema): string | undefined {
  const expected = DECLARED.get(declared);
  const { type } = schema;
  if (expected === undefined || transformedTo !== undefined) return undefined;
  if (expected === type || (expected === 'number' && type === 'integer')) return undefined;
  return `is declared ${expected}, but its decorators say ${String(type)}`;
}

/**
 * The schema of one property, from its decorators.
 *
 * @param nested makes the schema of a nested class
 */
export function propertySchema(facts: PropertyFacts, nested: NestedSchema): Expressed {
  if (facts.refusals.length > 0) return refuse(...facts.refusals);
  if (COLLECTIONS.has(facts.declared))
    return refuse('is a Map or a Set, which JSON does not know: use a class or a list');
  if (!facts.decorations.some(({ kind }) => kind !== 'other')) {
    return refuse('no class-validator decorator says what it is, so it would never reach the handler: add one');
  }
  const isDate = facts.decorations.some(({ name }) => /^(isDate|minDate|maxDate)$/.test(name));
  if (isDate && facts.transformedTo !== Date) {
    return refuse('@IsDate never takes the text that JSON brings: add @Type(() => Date), or use @IsISO8601()');
  }
  const beside = facts.decorations.filter(({ kind }) => kind === 'validator');
  const isNested = facts.decorations.some(({ kind }) => kind === 'nested');
  const expressed = isList(facts)
    ? listSchema(facts, nested)
    : isNested
      ? nestedSchema(facts, beside, nested)
      : valueSchema(beside, facts, DECLARED.get(facts.declared));
  if (!expressed.ok) return expressed;
  const wrong = mismatch(facts, expressed.schema);
  return wrong === undefined ? described(expressed.schema, facts.note.description) : refuse(wrong);
}

/** What the author says goes first. */
function described(schema: JsonSchema, own: string | undefined): Expressed {
  const words = schema['description'];
  if (own === undefined) return { ok: true, schema };
  const description = typeof words === 'string' ? `${own.replace(/(?<![.!?])$/, '.')} ${words}` : own;
  return { ok: true, schema: { ...schema, description } };
}
