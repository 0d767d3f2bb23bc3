import { TOOL_NAME } from '@interject/contracts';
import type { ToolCallMode } from '@interject/contracts';
import { idOf, listOf, objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import type { NormalizedToolCall, ToolCallArguments } from './normalized-webhook.types.js';
import { readArguments } from './tool-call-arguments.js';

/** Most tool calls of one request that are run; the rest is answered with an error. Models make a handful at most. */
export const MAX_TOOL_CALLS = 50;

/** Entries that are read of each list: one more is skipped, and counted. A body of 10 MB has room for 100,000. */
export const MAX_TOOL_CALL_ENTRIES = 200;

/** Lists of plain tool calls, in the order of trust. All hold the same calls in real bodies (VAPI.md 1.2). */
const PLAIN_LISTS = ['toolCallList', 'toolCalls', 'tool_calls'] as const;
const LIST_WITH_TOOLS = 'toolWithToolCallList';

export interface ToolCallList {
  readonly toolCalls: readonly NormalizedToolCall[];
  readonly skipped: number;
}

/** What is known so far of one tool call, gathered from all lists. */
interface Draft {
  tool: string | undefined;
  mode: ToolCallMode | undefined;
  arguments: ToolCallArguments | undefined;
}

type Drafts = Map<string, Draft>;

/** True when the object holds a list of tool calls, under whatever name. */
export function hasToolCallList(message: JsonObject): boolean {
  return Array.isArray(message[LIST_WITH_TOOLS]) || PLAIN_LISTS.some((name) => Array.isArray(message[name]));
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && TOOL_NAME.test(value) ? value : undefined;
}

/** The raw arguments, wherever a shape has them; undefined when there are none. */
function rawArgumentsOf(toolCall: JsonObject): unknown {
  const inner = objectOf(toolCall['function']);
  return inner?.['arguments'] ?? inner?.['parameters'] ?? toolCall['arguments'] ?? toolCall['parameters'] ?? undefined;
}

function namedIn(holder: JsonObject): string | undefined {
  return nameOf(objectOf(holder['function'])?.['name']) ?? nameOf(holder['name']);
}

/** Adds what `entry` tells of its tool call. Returns undefined when it has no usable id. */
function gather(drafts: Drafts, entry: JsonObject | undefined): Draft | undefined {
  const id = idOf(entry?.['id']);
  if (entry === undefined || id === undefined) return undefined;
  const draft = drafts.get(id) ?? { tool: undefined, mode: undefined, arguments: undefined };
  drafts.set(id, draft);
  draft.tool ??= namedIn(entry);
  if (draft.arguments?.ok !== true) {
    const raw = rawArgumentsOf(entry);
    const read = raw === undefined ? undefined : readArguments(raw);
    if (read?.ok === true || draft.arguments === undefined) draft.arguments = read;
  }
  return draft;
}

/** Adds a tool definition with its tool call; the definition says whether Vapi waits for the answer. */
function gatherWithTool(drafts: Drafts, entry: JsonObject | undefined): Draft | undefined {
  const draft = gather(drafts, objectOf(entry?.['toolCall']));
  if (entry === undefined || draft === undefined) return undefined;
  draft.tool ??= namedIn(entry);
  draft.mode ??= entry['async'] === true ? 'async' : 'sync';
  return draft;
}

/** Gathers one list. Returns how many entries had no usable id, or were too many; nulls are padding and do not count. */
function gatherList(drafts: Drafts, list: unknown, add: typeof gather): number {
  const entries = listOf(list);
  const unusable = entries
    .slice(0, MAX_TOOL_CALL_ENTRIES)
    .filter((entry) => entry !== null && add(drafts, objectOf(entry)) === undefined).length;
  return unusable + Math.max(0, entries.length - MAX_TOOL_CALL_ENTRIES);
}

function finish(drafts: Drafts): { toolCalls: NormalizedToolCall[]; nameless: number } {
  const toolCalls: NormalizedToolCall[] = [];
  let nameless = 0;
  for (const [toolCallId, { tool, mode = 'async', arguments: read }] of drafts) {
    if (tool === undefined) {
      nameless += 1;
    } else if (toolCalls.length >= MAX_TOOL_CALLS) {
      toolCalls.push({ toolCallId, tool, mode, arguments: { ok: false, problem: 'too-many-tool-calls' } });
    } else {
      // None anywhere: a tool without parameters. The tool's own schema decides whether that will do.
      toolCalls.push({ toolCallId, tool, mode, arguments: read ?? { ok: true, value: {} } });
    }
  }
  return { toolCalls, nameless };
}

/**
 * Merges the parallel lists of a `tool-calls` message by tool-call id, in request order.
 *
 * A call is sync only when its tool definition came along without `async: true`. An inline answer to an async tool
 * is lost, so with no definition the result is spoken.
 */
export function readToolCalls(message: JsonObject): ToolCallList {
  const drafts: Drafts = new Map();
  const withoutId = PLAIN_LISTS.map((name) => gatherList(drafts, message[name], gather));
  withoutId.push(gatherList(drafts, message[LIST_WITH_TOOLS], gatherWithTool));
  const { toolCalls, nameless } = finish(drafts);
  // The lists repeat each other: the same broken entry is in all of them.
  return { toolCalls, skipped: nameless + Math.max(...withoutId) };
}
