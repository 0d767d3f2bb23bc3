/** A JSON Schema that is no boolean. */
export type Schema = Readonly<Record<string, unknown>>;

/** A schema without references and alternatives, and what was left out to get there. */
export interface SingleSchema {
  readonly schema: Schema;
  readonly notes: readonly string[];
}

/** A reference that leads to itself ends here. */
const MAX_STEPS = 20;
const NULL = 'null';

/** True for a JSON Schema that is no boolean. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(schema: Schema, ...keywords: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

/** A reference within the document, e.g. `#/$defs/Address`. */
function resolve(reference: string, root: Schema): Schema | undefined {
  if (!reference.startsWith('#')) return undefined;
  let at: unknown = root;
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    at = isSchema(at) ? at[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isSchema(at) ? at : undefined;
}

function typeOfValue(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return value === null ? NULL : typeof value;
}

/** The one type that is offered: the first that is not null, or what the keywords tell. */
function typeOf(schema: Schema, notes: string[]): string {
  const { type } = schema;
  if (Array.isArray(type)) {
    const [first = 'string', ...others] = (type as unknown[]).filter((one) => one !== NULL);
    if (others.length > 0) notes.push(`only ${String(first)} is offered of its types`);
    if (type.includes(NULL)) notes.push('null is not offered');
    return String(first);
  }
  if (typeof type === 'string') return type;
  const [value] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  if (value !== undefined) return typeOfValue(value);
  if (isSchema(schema['properties']) || schema['additionalProperties'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  notes.push('has no type: a text is offered');
  return 'string';
}

function merged(base: Schema, more: Schema): Schema {
  const properties = { ...(base['properties'] as object | undefined), ...(more['properties'] as object | undefined) };
  const required = [base['required'], more['required']].flatMap((names) =>
    Array.isArray(names) ? (names as unknown[]) : [],
  );
  return {
    ...base,
    ...more,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
  };
}

/** `anyOf` of constants is an enum; of anything and null it is that thing; else the first one is offered. */
function chosen(keyword: string, alternatives: readonly unknown[], notes: string[]): Schema {
  const given = alternatives.filter(isSchema);
  const real = given.filter((one) => one['type'] !== NULL);
  if (real.length < given.length) notes.push('null is not offered');
  const values = real.map((one) => one['const']);
  if (real.length > 0 && values.every((value) => value !== undefined)) return { enum: values };
  if (real.length > 1) notes.push(`only the first of ${String(real.length)} alternatives is offered (${keyword})`);
  return real[0] ?? {};
}

function step(schema: Schema, root: Schema, notes: string[]): Schema | undefined {
  const { $ref: reference, allOf } = schema;
  if (typeof reference === 'string') {
    const target = resolve(reference, root);
    if (target === undefined) notes.push(`${reference} cannot be resolved`);
    return merged(target ?? {}, without(schema, '$ref'));
  }
  if (Array.isArray(allOf)) return allOf.filter(isSchema).reduce(merged, without(schema, 'allOf'));
  for (const keyword of ['anyOf', 'oneOf']) {
    const alternatives = schema[keyword];
    if (!Array.isArray(alternatives)) continue;
    return merged(without(schema, keyword), chosen(keyword, alternatives, notes));
  }
  return undefined;
}

/** @param root the document that references point into */
export function singleSchema(given: Schema, root: Schema): SingleSchema {
  const notes: string[] = [];
  let schema = given;
  let next: Schema | undefined = given;
  for (let steps = 0; next !== undefined && steps < MAX_STEPS; steps += 1) {
    schema = next;
    next = step(schema, root, notes);
  }
  if (schema['const'] !== undefined) schema = { ...without(schema, 'const'), enum: [schema['const']] };
  for (const keyword of ['not', 'if', 'dependentRequired', 'dependentSchemas', 'contains', 'propertyNames']) {
    if (schema[keyword] !== undefined) notes.push(`${keyword} cannot be told to the model`);
  }
  return { schema: { ...schema, type: typeOf(schema, notes) }, notes };
}
