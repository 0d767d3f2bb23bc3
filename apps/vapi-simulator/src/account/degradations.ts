import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import { MESSAGE_TYPES } from './tool-checks.js';
import { KNOWN_KEYWORDS } from './schema-checks.js';
import { childrenOf, strictFaults } from './strict-form.js';

const MAX_DESCRIPTION = 1_000;
/** An async tool says `request-complete` at once and nothing else, ever (VAPI.md 2.5). */
const PLAYED_WHEN_ASYNC = 'request-complete';

/** Something that Vapi accepts with 2xx and then does not do; nobody is told. */
export interface Degradation {
  readonly code:
    | 'description-too-long'
    | 'strict-turned-off'
    | 'schema-keyword-unknown'
    | 'message-never-played'
    | 'message-type-unknown';
  /** Where in the tool. */
  readonly path: string;
  readonly detail: string;
}

/**
 * What of a tool silently does not work.
 * @param sent the body as it came, where it differs from what was stored
 */
export function degradations(tool: JsonObject, sent: JsonObject = tool): readonly Degradation[] {
  if (tool['type'] !== 'function') return [];
  const definition = isJsonObject(tool['function']) ? tool['function'] : {};
  return [...ofDescription(definition), ...ofSchema(definition), ...ofMessages(tool, sent)];
}

/** Whether the model is really held to the schema. */
export function isStrict(tool: JsonObject): boolean {
  const definition = tool['function'];
  if (!isJsonObject(definition) || definition['strict'] !== true) return false;
  return strictFaults(parametersOf(definition), 'function.parameters').length === 0;
}

function ofDescription({ description }: JsonObject): readonly Degradation[] {
  if (typeof description !== 'string' || description.length <= MAX_DESCRIPTION) return [];
  const detail = `${description.length} characters, the model sees ${MAX_DESCRIPTION} at most`;
  return [{ code: 'description-too-long', path: 'function.description', detail }];
}

function ofSchema(definition: JsonObject): readonly Degradation[] {
  const path = 'function.parameters';
  const schema = parametersOf(definition);
  const unknown = unknownKeywords(schema, path);
  const strict = definition['strict'] === true ? strictFaults(schema, path) : [];
  return [
    ...strict.map((detail) => ({ code: 'strict-turned-off' as const, path: 'function.strict', detail })),
    ...unknown.map(([at, keyword]) => ({
      code: 'schema-keyword-unknown' as const,
      path: at,
      detail: `${keyword} is not in Vapi's JsonSchema type`,
    })),
  ];
}

function unknownKeywords(schema: JsonObject, path: string): readonly (readonly [string, string])[] {
  const own = Object.keys(schema).filter((keyword) => !KNOWN_KEYWORDS.includes(keyword));
  return [
    ...own.map((keyword) => [`${path}.${keyword}`, keyword] as const),
    ...childrenOf(schema, path).flatMap(([at, node]) => unknownKeywords(node, at)),
  ];
}

function ofMessages(tool: JsonObject, sent: JsonObject): readonly Degradation[] {
  const given: unknown = sent['messages'] ?? tool['messages'];
  if (!Array.isArray(given)) return [];
  return (given as readonly unknown[]).flatMap((message, index): readonly Degradation[] => {
    const type = isJsonObject(message) ? message['type'] : undefined;
    if (typeof type !== 'string') return [];
    const path = `messages.${index}.type`;
    if (!MESSAGE_TYPES.includes(type)) {
      return [{ code: 'message-type-unknown', path, detail: `${type} was made request-failed` }];
    }
    if (tool['async'] !== true || type === PLAYED_WHEN_ASYNC) return [];
    return [{ code: 'message-never-played', path, detail: `an async tool never says its ${type}` }];
  });
}

function parametersOf(definition: JsonObject): JsonObject {
  const parameters = definition['parameters'];
  return isJsonObject(parameters) ? parameters : {};
}
