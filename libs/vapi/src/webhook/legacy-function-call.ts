import { createHash } from 'node:crypto';
import { idOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import type { NormalizedToolCall } from './normalized-webhook.types.js';
import { readToolCalls } from './tool-call-list.js';
import type { ToolCallList } from './tool-call-list.js';

/**
 * An id for a function call that has none: the same for a repeated delivery, which keeps its timestamp. Without a
 * timestamp, two equal function calls of one call are taken for one.
 */
function idFor(message: JsonObject, { tool, arguments: read }: NormalizedToolCall): string {
  const parts = [message['timestamp'] ?? null, tool, read];
  return `function-call-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}`;
}

/** Reads the legacy `function-call`: `{ functionCall: { id?, name, parameters | arguments } }` (VAPI.md 1.2). */
export function readFunctionCall(message: JsonObject): ToolCallList {
  const functionCall = objectOf(message['functionCall']);
  if (functionCall === undefined) return { toolCalls: [], skipped: 1 };
  const given = idOf(functionCall['id']);
  const { toolCalls, skipped } = readToolCalls({ toolCallList: [{ ...functionCall, id: given ?? 'function-call' }] });
  if (given !== undefined) return { toolCalls, skipped };
  return { toolCalls: toolCalls.map((call) => ({ ...call, toolCallId: idFor(message, call) })), skipped };
}
