import { isJsonObject } from '../scenario/json.types.js';

/** The answer to one tool call, as Vapi would read it. */
export interface ReplyEntry {
  readonly id: string;
  readonly tool: string;
  readonly result: string | undefined;
  readonly error: string | undefined;
  /** Why Vapi would not use this answer. */
  readonly problem: string | undefined;
}

export interface ReplyContext {
  readonly status: number;
  readonly body: string;
  /** The tool calls of the webhook, in its order. */
  readonly calls: readonly { readonly id: string; readonly tool: string }[];
}

/**
 * Reads the body of an answer to `tool-calls` the way Vapi does: only of a 200, one entry per tool call by its id, the
 * result a text of one line (VAPI.md 0, points 1-2, and 6, item 5).
 */
export function readReply({ status, body, calls }: ReplyContext): readonly ReplyEntry[] {
  if (status !== 200) {
    return calls.map((call) => unusable(call, `Vapi ignores the body of a ${status}`));
  }
  const results = readResults(body);
  if (results === undefined) return calls.map((call) => unusable(call, 'No result returned: no results list'));
  return calls.map((call) => {
    const entries = results.filter((entry) => isJsonObject(entry) && entry['toolCallId'] === call.id);
    const [entry] = entries;
    if (!isJsonObject(entry)) return unusable(call, 'No result returned: no entry with its toolCallId');
    if (entries.length > 1) return unusable(call, `${entries.length} entries with its toolCallId`);
    return readEntry(call, entry);
  });
}

function readEntry(
  call: { readonly id: string; readonly tool: string },
  entry: Readonly<Record<string, unknown>>,
): ReplyEntry {
  const { name, result, error } = entry;
  const text = result ?? error;
  if (typeof text !== 'string') return unusable(call, 'No result returned: result is not a text');
  if (/[\r\n]/.test(text)) return unusable(call, 'the result has line breaks');
  if (name !== call.tool) return unusable(call, 'name is missing or another tool');
  const isError = result === undefined || result === null;
  return { ...call, result: isError ? undefined : text, error: isError ? text : undefined, problem: undefined };
}

function unusable(call: { readonly id: string; readonly tool: string }, problem: string): ReplyEntry {
  return { id: call.id, tool: call.tool, result: undefined, error: undefined, problem };
}

function readResults(body: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const results: unknown = isJsonObject(parsed) ? parsed['results'] : undefined;
    return Array.isArray(results) ? results : undefined;
  } catch {
    return undefined;
  }
}
