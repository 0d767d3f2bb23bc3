import { listOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import type { DesiredTool } from './desired-tool.js';

/** Parts of a message that change what is heard; whatever else Vapi adds does not count. */
const MESSAGE_FIELDS = ['type', 'content', 'timingMilliseconds'] as const;
const MESSAGE_LISTS = ['contents', 'conditions'] as const;
const MESSAGE_SWITCHES = ['endCallAfterSpokenEnabled', 'blocking'] as const;

/**
 * A tool in the form in which a wanted and a given one are compared: the managed fields only, with Vapi's defaults filled
 * in, `null` for absent, without a meaning in the order of keys.
 *
 * @param desired says which fields of `server` are managed
 */
export function comparableTool(raw: JsonObject, desired: DesiredTool): JsonObject {
  const given = objectOf(raw['function']) ?? {};
  const server = objectOf(raw['server']) ?? {};
  return {
    async: raw['async'] ?? false,
    function: {
      name: given['name'],
      description: given['description'],
      strict: given['strict'] ?? false,
      parameters: comparableSchema(objectOf(given['parameters']) ?? { type: 'object' }),
    },
    server: withoutNulls(Object.fromEntries(Object.keys(desired.server).map((key) => [key, server[key]]))),
    messages: listOf(raw['messages']).map((message) => comparableMessage(objectOf(message) ?? {})),
    parameters: listOf(raw['parameters'])
      .map((parameter) => objectOf(parameter) ?? {})
      .map(({ key, value }) => ({ key, value }))
      .sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1)),
  };
}

function comparableMessage(message: JsonObject): JsonObject {
  const role = message['role'] ?? (message['type'] === 'request-complete' ? 'assistant' : undefined);
  const entries: [string, unknown][] = [
    ...MESSAGE_FIELDS.map((field): [string, unknown] => [field, message[field]]),
    ...MESSAGE_LISTS.filter((field) => listOf(message[field]).length > 0).map((f): [string, unknown] => [
      f,
      message[f],
    ]),
    ...MESSAGE_SWITCHES.filter((field) => message[field] === true).map((f): [string, unknown] => [f, true]),
  ];
  const content = message['content'] ?? '';
  return withoutNulls({ ...Object.fromEntries(entries), content, role }) as JsonObject;
}

/**
 * A schema without what Vapi may leave out or add: its own type of a schema has no `additionalProperties` (VAPI.md 5), so
 * `false` counts as absent; so does an empty `required`.
 */
function comparableSchema(schema: JsonObject): JsonObject {
  const properties = objectOf(schema['properties']);
  const items = objectOf(schema['items']);
  const required = listOf(schema['required']).map(String).sort();
  const { additionalProperties, ...rest } = schema;
  return withoutNulls({
    ...rest,
    ...(additionalProperties !== false && { additionalProperties }),
    ...(items && { items: comparableSchema(items) }),
    properties: properties && mapped(properties),
    required: required.length > 0 ? required : undefined,
  }) as JsonObject;
}

function mapped(properties: JsonObject): JsonObject | undefined {
  const entries = Object.entries(properties).map(([name, inner]) => [name, comparableSchema(objectOf(inner) ?? {})]);
  return entries.length > 0 ? (Object.fromEntries(entries) as JsonObject) : undefined;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  const object = objectOf(value);
  if (object === undefined) return value;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
