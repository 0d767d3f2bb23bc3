import { isJsonObject, type JsonObject, type JsonValue } from '../scenario/json.types.js';
import { fail, flag, inside, oneOf, refuseProperty, text, texts, type Check, type Place } from './checks.js';

/** What the typings of `JsonSchema` have (server-sdk 2.0.1, JsonSchema.d.ts). */
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'];

/**
 * The API's own words when a node has no `type` (support.vapi.ai/t/27162945, a schema with `anyOf`): it knows `null`
 * and lists of types, which the typings do not.
 */
const LISTED_TYPES = [...TYPES, 'null'];

const KEYWORDS: Readonly<Record<string, Check>> = {
  description: text(),
  pattern: text(),
  format: oneOf(FORMATS),
  required: texts(),
  enum: texts(),
  title: text(),
  // Not in the typings, but strict mode asks for it at every object (VapiAI/gitops, docs/learnings/tools.md).
  additionalProperties: (value, place) => (isJsonObject(value) ? schemaNode(value, place) : flag(value, place)),
};

/** Keywords that Vapi's typings have, or that strict mode needs. */
export const KNOWN_KEYWORDS: readonly string[] = ['type', 'items', 'properties', ...Object.keys(KEYWORDS)];

/** `function.parameters`: an object schema; `type` and `properties` are required. */
export const parametersSchema: Check = (value, place) => {
  if (!isJsonObject(value)) return fail(place, 'must be an object');
  if (value['type'] !== 'object') fail(inside(place, 'type'), 'must be one of the following values: object');
  if (!isJsonObject(value['properties'])) fail(inside(place, 'properties'), 'must be an object');
  return nodeFields(value, place);
};

/** One JSON Schema, as far as Vapi looks at it. Whatever depth: each node needs a `type`. */
export function schemaNode(value: unknown, place: Place): JsonValue {
  if (!isJsonObject(value)) return fail(place, 'must be an object');
  const types = typesOf(value['type'], inside(place, 'type'));
  if (types.includes('array') && !isJsonObject(value['items'])) fail(inside(place, 'items'), 'must be an object');
  if (types.includes('object') && !isJsonObject(value['properties'])) {
    fail(inside(place, 'properties'), 'must be an object');
  }
  return nodeFields(value, place);
}

function typesOf(type: unknown, place: Place): readonly string[] {
  const isList = place.quirks.schemaTypes === 'list';
  const known = isList ? LISTED_TYPES : TYPES;
  const types: readonly unknown[] = isList && Array.isArray(type) && type.length > 0 ? type : [type];
  if (types.every((item): item is string => typeof item === 'string' && known.includes(item))) return types;
  const lists = isList ? ', or an array containing only these values' : '';
  fail(place, `must be one of the following values: ${known.join(', ')}${lists}`);
  return [];
}

function nodeFields(node: JsonObject, place: Place): JsonObject {
  const stored: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(node)) {
    const there = inside(place, name);
    if (name === 'type') stored[name] = value;
    else if (name === 'items') stored[name] = isJsonObject(value) ? schemaNode(value, there) : value;
    else if (name === 'properties') stored[name] = isJsonObject(value) ? propertySchemas(value, there) : value;
    else if (Object.hasOwn(KEYWORDS, name)) stored[name] = KEYWORDS[name]?.(value, there) ?? null;
    else if (place.quirks.schemaKeywords === 'keep') stored[name] = value;
    else if (place.quirks.schemaKeywords === 'refuse') refuseProperty(place, name);
  }
  return stored;
}

function propertySchemas(properties: JsonObject, place: Place): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schemaNode(schema, inside(place, name))]),
  );
}
