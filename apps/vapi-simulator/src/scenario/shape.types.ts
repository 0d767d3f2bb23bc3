/** The lists a `tool-calls` webhook may carry. */
export const TOOL_CALL_LISTS = ['toolCallList', 'toolCalls', 'toolWithToolCallList'] as const;
export type ToolCallListName = (typeof TOOL_CALL_LISTS)[number];

/** How opaque tool call ids look (VAPI.md 1.2). */
export const ID_STYLES = ['openai', 'anthropic', 'short', 'uuid', 'hostile'] as const;
export type IdStyle = (typeof ID_STYLES)[number];

/** How webhook bodies look: the defaults are what live calls show, the rest was met somewhere (VAPI.md 1, 8). */
export interface Shape {
  readonly arguments: 'object' | 'string' | 'broken-string';
  readonly toolCall: 'nested' | 'flat-arguments' | 'flat-parameters';
  readonly lists: readonly ToolCallListName[];
  readonly timestamp: 'number' | 'iso';
  readonly monitor: boolean;
  /** A chat has `message.chat` and no call: there is nothing to inject into. */
  readonly chat: boolean;
  readonly nullEntries: boolean;
  /** A squad: members instead of an assistantId. */
  readonly squad: boolean;
  /** The old `function-call` message, which has no stable id. */
  readonly legacyFunctionCall: boolean;
  /** Secrets in `phoneNumber` and in the tools' `server`. */
  readonly secrets: boolean;
  /** Bodies are padded to at least this many bytes. */
  readonly bodyBytes: number;
  readonly ids: IdStyle;
}

export const DEFAULT_SHAPE: Shape = {
  arguments: 'object',
  toolCall: 'nested',
  lists: TOOL_CALL_LISTS,
  timestamp: 'number',
  monitor: true,
  chat: false,
  nullEntries: false,
  squad: false,
  legacyFunctionCall: false,
  secrets: false,
  bodyBytes: 0,
  ids: 'openai',
};
