import type { JsonKind, ValidatorMeaning, ValidatorRule } from './json-schema.types.js';

function kindOf(value: unknown): JsonKind | undefined {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number') return undefined;
  return Number.isInteger(value) ? 'integer' : 'number';
}

/** One kind for all values: 1 and 1.5 are numbers. */
function commonKind(values: readonly unknown[]): JsonKind | undefined {
  const kinds = new Set(values.map(kindOf));
  if (kinds.size === 2 && kinds.has('integer') && kinds.has('number')) return 'number';
  return kinds.size === 1 ? [...kinds][0] : undefined;
}

function oneOf(values: unknown): ValidatorRule {
  const list = Array.isArray(values) ? (values as unknown[]) : Object.values(values as object);
  const kind = commonKind(list);
  if (kind === undefined) {
    return { refused: 'allows values of different types, or none: take texts only, numbers only or booleans only' };
  }
  return { kind, schema: { enum: [...new Set(list)] } };
}

function noneOf(values: readonly unknown[]): ValidatorRule {
  const words = `not ${values.map((value) => JSON.stringify(value)).join(' or ')}`;
  return { schema: { not: { enum: [...values] } }, words };
}

/** A numeric enum holds its names too, for the way back: `Colour[0]`. They are no values. */
function enumValues(entity: unknown): readonly unknown[] {
  return Object.entries(entity as object)
    .filter(([name]) => Number.isNaN(Number.parseInt(name, 10)))
    .map(([, value]) => value as unknown);
}

function number([options]: readonly unknown[]): ValidatorRule {
  const places = (options as { readonly maxDecimalPlaces?: number } | undefined)?.maxDecimalPlaces;
  return { kind: 'number', ...(places !== undefined && { words: `at most ${String(places)} decimal places` }) };
}

const limit =
  (keyword: string, fixed?: number): ValidatorMeaning =>
  ([value]) => ({ kind: 'number', schema: { [keyword]: fixed ?? value } });

const size =
  (keyword: string, fixed?: number): ValidatorMeaning =>
  ([value]) => ({ kind: 'array', schema: { [keyword]: fixed ?? value } });

const refused =
  (reason: string): ValidatorMeaning =>
  () => ({ refused: reason });

function date(word: string): ValidatorMeaning {
  return ([limitDate]) => ({
    kind: 'string',
    words: limitDate instanceof Date ? `${word} ${limitDate.toISOString()}` : `${word} a limit`,
  });
}

const members =
  (wrap: (value: unknown) => object): ValidatorMeaning =>
  ([values]) => ({ kind: 'array', schema: { allOf: (values as readonly unknown[]).map(wrap) } });

/** What the decorators for numbers, choices, lists and objects mean. Keys: the names that class-validator gives them. */
export const VALUE_VALIDATORS: Readonly<Record<string, ValidatorMeaning>> = {
  isDefined: () => ({}),
  isNotEmpty: () => ({ schema: { minLength: 1 } }),
  isEmpty: refused('would have to be empty: leave the property out'),
  equals: ([value]) => oneOf([value]),
  notEquals: ([value]) => noneOf([value]),
  isIn: ([values]) => oneOf(values),
  isNotIn: ([values]) => noneOf(values as readonly unknown[]),
  isEnum: ([entity]) => oneOf(enumValues(entity)),
  isBoolean: () => ({ kind: 'boolean' }),
  isNumber: number,
  isInt: () => ({ kind: 'integer' }),
  min: limit('minimum'),
  max: limit('maximum'),
  isPositive: limit('exclusiveMinimum', 0),
  isNegative: limit('exclusiveMaximum', 0),
  isDivisibleBy: limit('multipleOf'),
  isLatitude: () => ({ words: 'a latitude' }),
  isLongitude: () => ({ words: 'a longitude' }),
  isDate: () => ({ kind: 'string', words: 'a date or time, e.g. 2026-05-04T09:30:00Z' }),
  minDate: date('not before'),
  maxDate: date('not after'),
  isObject: () => ({ kind: 'object' }),
  isNotEmptyObject: () => ({ kind: 'object', schema: { minProperties: 1 } }),
  isInstance: refused('wants an instance of a class, which JSON cannot carry: use @ValidateNested() and @Type()'),
  isArray: () => ({ kind: 'array' }),
  arrayNotEmpty: size('minItems', 1),
  arrayMinSize: size('minItems'),
  arrayMaxSize: size('maxItems'),
  arrayUnique: () => ({ kind: 'array', schema: { uniqueItems: true } }),
  arrayContains: members((value) => ({ contains: { enum: [value] } })),
  arrayNotContains: members((value) => ({ not: { contains: { enum: [value] } } })),
};
