import { CallStatuses } from '@interject/contracts';
import { eventTypeOf, familyOf } from './event-types.constants.js';
import type { EventFamily, WebhookEventType } from './event-types.constants.js';
import { callOf, countOf, objectOf, timestampOf } from '../json-reader.js';
import type { CallReference, JsonObject } from '../json-reader.js';
import { readCallLimits } from './call-limits.js';
import { readFunctionCall } from './legacy-function-call.js';
import type {
  MalformedWebhook,
  NormalizedWebhook,
  NormalizeOptions,
  StatusWebhook,
  WebhookProblem,
} from './normalized-webhook.types.js';
import { readSpokenHistory, readSpokenText } from './speech-evidence.js';
import type { WebhookSpeechEvidence } from './speech-evidence.js';
import { hasToolCallList, readToolCalls } from './tool-call-list.js';
import type { ToolCallList } from './tool-call-list.js';

/** Longest `endedReason` of the contract; Vapi's words have up to about 100 characters. */
const MAX_ENDED_REASON_LENGTH = 200;
const HARMLESS_TYPE = /^[\w.[\]="-]{1,64}$/;
const statuses: ReadonlySet<unknown> = new Set(CallStatuses);

/** Families of which none is malformed: what they lack is not missed. */
const INFORMATIVE: ReadonlySet<EventFamily> = new Set(['said', 'history', 'live']);

/** One event of a known type about a call. */
interface CallEvent {
  readonly type: WebhookEventType;
  readonly message: JsonObject;
  readonly call: CallReference & { readonly kind: 'call' };
  readonly at: number;
}

function malformed(problem: WebhookProblem, type?: WebhookEventType): MalformedWebhook {
  return { kind: 'malformed', problem, ...(type === undefined ? {} : { type }) };
}

function controlUrlOf(call: CallReference): { readonly controlUrl?: string } {
  return call.kind === 'call' && call.controlUrl !== undefined ? { controlUrl: call.controlUrl } : {};
}

/** The message, or what is wrong. Some callers send the list of tool calls at the body's root (VAPI.md 1.2). */
function messageOf(body: unknown): JsonObject | WebhookProblem {
  const root = objectOf(body);
  if (root === undefined) return 'body-not-an-object';
  const message = root['message'] ?? undefined;
  if (message === undefined) return hasToolCallList(root) ? root : 'no-message';
  return objectOf(message) ?? 'message-not-an-object';
}

/** The type as sent. The schema of `tool-calls` does not require it (VAPI.md 1.1). */
function rawTypeOf(message: JsonObject): string | undefined {
  const type = message['type'] ?? (hasToolCallList(message) ? 'tool-calls' : undefined);
  return typeof type === 'string' && type !== '' ? type : undefined;
}

function toolCalls(
  type: 'tool-calls' | 'function-call',
  list: ToolCallList,
  call: CallReference,
  at: number,
): NormalizedWebhook {
  const about = call.kind === 'call' ? { call: { id: call.id }, ...controlUrlOf(call) } : {};
  return { kind: 'tool-calls', type, ...about, at, ...list };
}

function ended({ type, message, call, at }: CallEvent): NormalizedWebhook {
  const reason = message['endedReason'];
  const known = typeof reason === 'string' && reason !== '';
  return {
    kind: 'ended',
    type,
    callId: call.id,
    ...(known ? { endedReason: reason.slice(0, MAX_ENDED_REASON_LENGTH) } : {}),
    at,
  };
}

function status(event: CallEvent): NormalizedWebhook {
  const { type, message, call, at } = event;
  const value = message['status'];
  if (value === 'ended') return ended(event);
  if (typeof value !== 'string') return malformed('no-status', type);
  const known = statuses.has(value) ? (value as StatusWebhook['status']) : 'unknown';
  const limits = readCallLimits(message);
  const withLimits = limits === undefined ? {} : { limits };
  return { kind: 'status', type, callId: call.id, status: known, ...withLimits, ...controlUrlOf(call), at };
}

function speech({ type, message, call, at }: CallEvent): NormalizedWebhook {
  const role = message['role'];
  const change = message['status'];
  const speaker = role === 'user' ? 'caller' : role === 'assistant' ? 'assistant' : undefined;
  if (speaker === undefined || (change !== 'started' && change !== 'stopped')) return malformed('bad-speech', type);
  const turn = countOf(message['turn']);
  return {
    kind: 'floor',
    type,
    callId: call.id,
    speaker,
    change,
    ...(turn === undefined ? {} : { turn }),
    ...controlUrlOf(call),
    at,
  };
}

function callSeen({ type, call, at }: CallEvent): NormalizedWebhook {
  return { kind: 'call-seen', type, callId: call.id, ...controlUrlOf(call), at };
}

/** The assistant was seen to say something; without words in it, it is an event like any other. */
function said(event: CallEvent, evidence: WebhookSpeechEvidence | undefined): NormalizedWebhook {
  if (evidence === undefined) return callSeen(event);
  const { type, message, call, at } = event;
  const turn = countOf(message['turn']);
  return {
    kind: 'floor',
    type,
    callId: call.id,
    speaker: 'assistant',
    change: 'said',
    ...(turn === undefined ? {} : { turn }),
    evidence,
    ...controlUrlOf(call),
    at,
  };
}

function aboutCall(
  family: Exclude<EventFamily, 'off-call' | 'function-call' | 'tool-calls'>,
  event: CallEvent,
): NormalizedWebhook {
  const { type, call, at } = event;
  switch (family) {
    case 'status':
      return status(event);
    case 'report':
      return ended(event);
    case 'speech':
      return speech(event);
    case 'interruption':
      return {
        kind: 'floor',
        type,
        callId: call.id,
        speaker: 'caller',
        change: 'interrupted',
        ...controlUrlOf(call),
        at,
      };
    case 'said':
      return said(event, readSpokenText(event.message));
    case 'history':
      return said(event, readSpokenHistory(event.message));
    case 'live':
      return callSeen(event);
  }
}

/**
 * Reads a webhook of Vapi, whatever its shape. Pure, never throws on JSON.
 *
 * @param body the parsed JSON body
 * @param receivedAt when it was received, in ms since the epoch: stands in for a missing timestamp
 */
export function normalizeWebhook(body: unknown, receivedAt: number, options: NormalizeOptions = {}): NormalizedWebhook {
  const message = messageOf(body);
  if (typeof message === 'string') return malformed(message);
  const rawType = rawTypeOf(message);
  if (rawType === undefined) return malformed('no-type');
  const type = eventTypeOf(rawType);
  if (type === undefined) return { kind: 'unknown', type: HARMLESS_TYPE.test(rawType) ? rawType : 'unprintable' };

  const family = familyOf(type);
  const wanted = family !== 'function-call' || options.acceptLegacyFunctionCall === true;
  if (family === 'off-call' || !wanted) return { kind: 'ignored', type };
  const call = callOf(message);
  if (call.kind === 'invalid') return malformed('bad-call-id', type);
  const at = timestampOf(message['timestamp'], Math.round(receivedAt));
  if (family === 'function-call') return toolCalls('function-call', readFunctionCall(message), call, at);
  if (family === 'tool-calls') return toolCalls('tool-calls', readToolCalls(message), call, at);
  if (call.kind === 'call') return aboutCall(family, { type, message, call, at });
  // Nothing is lost with an event that would only have told us of a call.
  return INFORMATIVE.has(family) ? { kind: 'ignored', type } : malformed('no-call-id', type);
}

/** Names that a webhook's metric label may take. */
export type WebhookLabel = WebhookEventType | 'unknown' | 'malformed';

/** The webhook's event type for a metric label: one of a bounded set, whatever was sent. */
export function webhookLabel(webhook: NormalizedWebhook): WebhookLabel {
  if (webhook.kind === 'unknown') return 'unknown';
  return webhook.type ?? 'malformed';
}
