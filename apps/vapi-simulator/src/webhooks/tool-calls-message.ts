import type { JsonObject, JsonValue } from '../scenario/json.types.js';
import type { ScenarioTool } from '../scenario/scenario.types.js';
import type { Shape, ToolCallListName } from '../scenario/shape.types.js';

/** One tool call as it is sent. */
export interface OutgoingToolCall {
  readonly id: string;
  readonly tool: ScenarioTool;
  readonly arguments: JsonObject;
}

/** The `server` of a tool definition; with `secrets` it echoes the secret, as live calls do (VAPI.md 1.8). */
export interface ToolServer {
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** The three parallel lists of a `tool-calls` message (VAPI.md 1.2), or what the shape makes of them. */
export function toolCallsFields(calls: readonly OutgoingToolCall[], shape: Shape, server: ToolServer): JsonObject {
  const plain = calls.map((call) => toolCall(call, shape));
  const lists: Readonly<Record<ToolCallListName, readonly JsonValue[]>> = {
    toolCallList: plain,
    toolCalls: plain,
    toolWithToolCallList: calls.map((call, index) => ({
      ...toolDefinition(call.tool, shape, server),
      toolCall: plain[index] ?? null,
    })),
  };
  const holes: readonly JsonValue[] = shape.nullEntries ? [null] : [];
  return Object.fromEntries(shape.lists.map((name) => [name, [...holes, ...lists[name], ...holes]]));
}

/** The old message, one per call, without a stable id. */
export function functionCallFields(call: OutgoingToolCall): JsonObject {
  return { functionCall: { name: call.tool.name, parameters: call.arguments } };
}

/** The tool as configured in Vapi; a stored one with its secrets, which live calls echo (VAPI.md 1.8). */
export function toolDefinition(tool: ScenarioTool, shape: Shape, server: ToolServer): JsonObject {
  if (tool.stored !== undefined) return tool.stored.definition;
  return {
    type: 'function',
    async: tool.async,
    function: { name: tool.name, description: tool.description, parameters: tool.parameters },
    messages: tool.messages.map(({ type, content, role }) => ({ type, content, role })),
    server: {
      url: server.url,
      timeoutSeconds: server.timeoutSeconds,
      ...(shape.secrets ? { secret: 'tool-server-secret-must-not-leak' } : {}),
    },
  };
}

function toolCall(call: OutgoingToolCall, shape: Shape): JsonObject {
  const given = encodeArguments(call.arguments, shape);
  switch (shape.toolCall) {
    case 'nested':
      return { id: call.id, type: 'function', function: { name: call.tool.name, arguments: given } };
    case 'flat-arguments':
      return { id: call.id, name: call.tool.name, arguments: given };
    case 'flat-parameters':
      return { id: call.id, name: call.tool.name, parameters: given };
  }
}

function encodeArguments(given: JsonObject, shape: Shape): JsonValue {
  switch (shape.arguments) {
    case 'object':
      return given;
    case 'string':
      return JSON.stringify(given);
    case 'broken-string':
      return `${JSON.stringify(given)},`;
  }
}
