import type { TrackedToolCall } from './tracked-tool-call.js';
import type { Webhook } from './vapi.types.js';
import type { Role } from './voice.js';

/** Tools of the fault suite's workers: `look_up` is async, `check` is answered inline when it is quick. */
export const ASYNC_TOOL = 'look_up';
export const SYNC_TOOL = 'check';

/** Makes the webhooks of one call. Small ones: an envelope of 20 KB costs a parser, and is no fault. */
export interface CallMessages {
  make(type: string, fields: Readonly<Record<string, unknown>>): Webhook;
  status(status: 'in-progress' | 'ended'): Webhook;
  speech(role: Role, status: 'started' | 'stopped', turn: number): Webhook;
  report(): Webhook;
}

export function callMessages(callId: string, controlUrl: string): CallMessages {
  const createdAt = new Date().toISOString();
  const call = {
    id: callId,
    type: 'webCall',
    createdAt,
    updatedAt: createdAt,
    status: 'queued',
    monitor: { controlUrl },
  };
  const make = (type: string, fields: Readonly<Record<string, unknown>>): Webhook => ({
    callId,
    type,
    message: { timestamp: Date.now(), type, ...fields, call },
  });
  const endedReason = 'customer-ended-call';
  return {
    make,
    status: (status) => make('status-update', status === 'ended' ? { status, endedReason } : { status }),
    speech: (role, status, turn) => make('speech-update', { role, status, turn }),
    report: () => make('end-of-call-report', { endedReason }),
  };
}

/** The three parallel lists (VAPI.md 1.2). */
export function toolCallsMessage(messages: CallMessages, asked: readonly TrackedToolCall[]): Webhook {
  const calls = asked.map(({ toolCallId, isAsync, marker, jobMs }) => ({
    id: toolCallId,
    type: 'function',
    function: {
      name: isAsync ? ASYNC_TOOL : SYNC_TOOL,
      arguments: { text: `Order ${marker} is on its way.`, ms: jobMs },
    },
  }));
  return messages.make('tool-calls', {
    toolCallList: calls,
    toolCalls: calls,
    toolWithToolCallList: calls.map((toolCall, index) => ({
      type: 'function',
      async: asked[index]?.isAsync ?? true,
      function: { name: toolCall.function.name },
      toolCall,
    })),
  });
}
