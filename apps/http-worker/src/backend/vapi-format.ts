import { NonRetryableError } from '@interject/worker-sdk';
import type { RequestInput } from './build-request.js';

/** What a webhook says of the tool. */
export interface VapiTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The body of a `tool-calls` webhook with this one tool call, as a backend for Vapi reads it: all three arrays, arguments as
 * an object under `function` as in real webhooks, and flat as in the docs (VAPI.md 1.2). What Vapi tells beyond the tool call
 * itself (assistant, customer, transcript) is not known here: use `staticArguments` for what is needed of it.
 */
export function vapiBody(tool: VapiTool, { args, callId, toolCallId, requestedAt }: RequestInput): object {
  const { name, description, parameters } = tool;
  const toolCall = {
    id: toolCallId,
    type: 'function',
    function: { name, arguments: args },
    name,
    arguments: args,
    parameters: args,
  };
  const definition = { type: 'function', async: false, function: { name, description, parameters } };
  return {
    message: {
      timestamp: requestedAt,
      type: 'tool-calls',
      toolCallList: [toolCall],
      toolCalls: [toolCall],
      toolWithToolCallList: [{ ...definition, name, toolCall }],
      call: { id: callId },
    },
  };
}

/** What stands in the answer for the tool call: one of both. */
export type VapiAnswer =
  { readonly kind: 'result'; readonly result: unknown } | { readonly kind: 'error'; readonly error: unknown };

type Entry = Readonly<Record<string, unknown>>;

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The model reads JSON in a text as well as JSON; words for the caller want its fields. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The entry of a tool call; backends that answer one tool call often do not care about its id. */
function entryOf(answer: unknown, toolCallId: string): Entry | undefined {
  if (!isEntry(answer)) return undefined;
  const { results } = answer;
  // Of the time before `results`, and still in many handlers.
  if (!Array.isArray(results)) return answer;
  const entries = results.filter(isEntry);
  return entries.find((entry) => entry['toolCallId'] === toolCallId) ?? (entries.length === 1 ? entries[0] : undefined);
}

/**
 * Reads `{ results: [{ toolCallId, result | error }] }`.
 *
 * @throws NonRetryableError `backend-answer-invalid` when there is no entry with one of both
 */
export function readVapiAnswer(answer: unknown, toolCallId: string): VapiAnswer {
  const entry = entryOf(answer, toolCallId);
  const { result, error } = entry ?? {};
  if (error !== undefined && error !== null && error !== '') return { kind: 'error', error };
  if (result !== undefined && result !== null) return { kind: 'result', result: unwrapped(result) };
  const text = 'The backend did not answer as a webhook for Vapi does: { results: [{ toolCallId, result }] }.';
  throw new NonRetryableError(text, { code: 'backend-answer-invalid' });
}
