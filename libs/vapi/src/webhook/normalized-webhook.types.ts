import type { CallStatus, FloorChange, FloorSpeaker, ToolCallMode } from '@interject/contracts';
import type { WebhookCallLimits } from './call-limits.js';
import type { WebhookEventType } from './event-types.constants.js';
import type { WebhookSpeechEvidence } from './speech-evidence.js';

export const ArgumentsProblems = [
  /** A string that is not JSON. */
  'not-json',
  /** Neither an object nor a string that holds one. */
  'not-an-object',
  /** More than `MAX_ARGUMENTS_BYTES` as JSON. */
  'too-large',
  /** Nested deeper than `MAX_ARGUMENTS_DEPTH`. */
  'too-deep',
  /** Holds a key `__proto__`, which no tool has and merges of objects trip over. */
  'unsafe-key',
  /** The request holds more than `MAX_TOOL_CALLS`; this one is beyond. */
  'too-many-tool-calls',
] as const;
export type ArgumentsProblem = (typeof ArgumentsProblems)[number];

export type ToolCallArguments =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly problem: ArgumentsProblem };

/** One invocation of a tool. With unreadable arguments it must be answered with an error and nothing be queued. */
export interface NormalizedToolCall {
  readonly toolCallId: string;
  readonly tool: string;
  readonly mode: ToolCallMode;
  readonly arguments: ToolCallArguments;
}

export interface ToolCallsWebhook {
  readonly kind: 'tool-calls';
  /** `function-call`: the legacy event, whose caller reads `{ result }` instead of `{ results }`. */
  readonly type: 'tool-calls' | 'function-call';
  /** Missing in a chat: there is nothing to speak into. */
  readonly call?: { readonly id: string };
  readonly controlUrl?: string;
  readonly at: number;
  /** In request order, each id once. */
  readonly toolCalls: readonly NormalizedToolCall[];
  /** Tool calls that cannot be answered, since their id or name is missing or out of bounds. */
  readonly skipped: number;
}

export interface StatusWebhook {
  readonly kind: 'status';
  readonly type: WebhookEventType;
  readonly callId: string;
  readonly status: Exclude<CallStatus, 'ended'>;
  /** As the assistant that came along is configured. */
  readonly limits?: WebhookCallLimits;
  readonly controlUrl?: string;
  readonly at: number;
}

/** Comes once or twice for a call (`status-update` and `end-of-call-report`), in any order. */
export interface EndedWebhook {
  readonly kind: 'ended';
  readonly type: WebhookEventType;
  readonly callId: string;
  readonly endedReason?: string;
  readonly at: number;
}

export interface FloorWebhook {
  readonly kind: 'floor';
  readonly type: WebhookEventType;
  readonly callId: string;
  readonly speaker: FloorSpeaker;
  readonly change: FloorChange;
  readonly turn?: number;
  /** With the change `said`. */
  readonly evidence?: WebhookSpeechEvidence;
  readonly controlUrl?: string;
  readonly at: number;
}

/** An event of a live call that is of interest for its control URL only. */
export interface CallSeenWebhook {
  readonly kind: 'call-seen';
  readonly type: WebhookEventType;
  readonly callId: string;
  readonly controlUrl?: string;
  readonly at: number;
}

/** Known, and of no interest. */
export interface IgnoredWebhook {
  readonly kind: 'ignored';
  readonly type: WebhookEventType;
}

/** Not known to us: to be acknowledged like the others (VAPI.md 1.4). */
export interface UnknownWebhook {
  readonly kind: 'unknown';
  /** For a log field, never a metric label: foreign, though short and of harmless characters. */
  readonly type: string;
}

export const WebhookProblems = [
  'body-not-an-object',
  'no-message',
  'message-not-an-object',
  'no-type',
  /** There is a call whose id is no string, empty or too long. */
  'bad-call-id',
  /** An event about a call that names none. */
  'no-call-id',
  /** A `status-update` without status. */
  'no-status',
  /** A `speech-update` whose role or status is not one we know. */
  'bad-speech',
] as const;
export type WebhookProblem = (typeof WebhookProblems)[number];

export interface MalformedWebhook {
  readonly kind: 'malformed';
  readonly type?: WebhookEventType;
  readonly problem: WebhookProblem;
}

/** What one webhook means. Holds no prompt, transcript, phone number or secret besides the control URL. */
export type NormalizedWebhook =
  | ToolCallsWebhook
  | StatusWebhook
  | EndedWebhook
  | FloorWebhook
  | CallSeenWebhook
  | IgnoredWebhook
  | UnknownWebhook
  | MalformedWebhook;

export interface NormalizeOptions {
  /** Default false: `function-call` has no schema any more and no stable id, so repeats cannot all be told apart. */
  readonly acceptLegacyFunctionCall?: boolean;
}
