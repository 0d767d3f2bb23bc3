import { isJsonObject, type JsonObject, type JsonValue } from '../scenario/json.types.js';
import type { ScenarioTool, ToolMessage } from '../scenario/scenario.types.js';
import { routeOf, type RouteOptions } from './webhook-route.js';

/** A function tool of the account as calls play it; undefined for a tool that no model could call. */
export function playedTool(definition: JsonObject, options: RouteOptions): ScenarioTool | undefined {
  const given = isJsonObject(definition['function']) ? definition['function'] : {};
  const { name, description, parameters } = given;
  if (definition['type'] !== 'function' || typeof name !== 'string') return undefined;
  return {
    name,
    async: definition['async'] === true,
    description: typeof description === 'string' ? description : '',
    parameters: isJsonObject(parameters) ? parameters : { type: 'object', properties: {} },
    messages: entries(definition['messages']).map(playedMessage),
    stored: {
      definition,
      server: routeOf(definition['server'], options),
      staticParameters: entries(definition['parameters']).flatMap(({ key, value }) =>
        typeof key === 'string' && value !== undefined ? [{ key, value }] : [],
      ),
    },
  };
}

/** `contents`, one text for each language, count before `content`; the first of them is said. */
function playedMessage({ type, role, content, contents }: JsonObject): ToolMessage {
  const [translated] = entries(contents);
  const text: JsonValue | undefined = translated?.['text'] ?? content;
  return {
    type: typeof type === 'string' ? type : 'request-failed',
    role: role === 'system' ? 'system' : 'assistant',
    content: typeof text === 'string' ? text : '',
  };
}

function entries(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? (list as readonly unknown[]).filter(isJsonObject) : [];
}
