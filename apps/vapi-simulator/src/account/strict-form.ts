import { isJsonObject, type JsonObject } from '../scenario/json.types.js';

const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const MAPS = ['properties', '$defs', 'definitions', 'patternProperties'];

/**
 * Why a schema is not strict, one entry for each fault: every object must have `additionalProperties: false` and all of
 * its properties in `required`, at any depth (VapiAI/gitops, docs/learnings/tools.md).
 */
export function strictFaults(schema: JsonObject, path: string): readonly string[] {
  return [...objectFaults(schema, path), ...childrenOf(schema, path).flatMap(([at, node]) => strictFaults(node, at))];
}

function objectFaults(schema: JsonObject, path: string): readonly string[] {
  const { type } = schema;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : undefined;
  const isObject = type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined;
  if (!isObject) return [];
  const required: unknown = schema['required'];
  const missing = Object.keys(properties ?? {}).filter((name) => !(Array.isArray(required) && required.includes(name)));
  return [
    ...(schema['additionalProperties'] === false ? [] : [`${path}: additionalProperties is not false`]),
    ...missing.map((name) => `${path}: ${name} is not required`),
  ];
}

/** The schemas within a schema, with their paths. */
export function childrenOf(schema: JsonObject, path: string): readonly (readonly [string, JsonObject])[] {
  const found: (readonly [string, unknown])[] = [[`${path}.items`, schema['items']]];
  for (const key of LISTS) {
    const nodes: unknown = schema[key];
    if (Array.isArray(nodes)) nodes.forEach((node: unknown, index) => found.push([`${path}.${key}.${index}`, node]));
  }
  for (const key of MAPS) {
    const nodes: unknown = schema[key];
    if (!isJsonObject(nodes)) continue;
    for (const [name, node] of Object.entries(nodes)) found.push([`${path}.${key}.${name}`, node]);
  }
  return found.filter((entry): entry is readonly [string, JsonObject] => isJsonObject(entry[1]));
}
