/** How an event type is read. */
export type EventFamily =
  | 'tool-calls'
  | 'function-call'
  | 'status'
  | 'report'
  | 'speech'
  | 'interruption'
  | 'said'
  | 'history'
  | 'live'
  | 'off-call';

/**
 * Every event type that Vapi documents or was seen to send (VAPI.md 1.4, 4), with the way it is read.
 *
 * `said` and `history` hold words of the assistant: evidence of what was heard. `live` events tell us of a call in
 * progress and its control URL, as those two do when they hold no words. `off-call` ones come without a call, or before or
 * after it: their control URL must not be stored again once the call is over.
 */
const FAMILIES = {
  'tool-calls': 'tool-calls',
  'function-call': 'function-call',
  'status-update': 'status',
  'end-of-call-report': 'report',
  'speech-update': 'speech',
  'user-interrupted': 'interruption',
  'assistant.started': 'live',
  // Opt-in, text only, and not seen for what we say on one account (VAPI.md 1.4): extra evidence where it comes.
  'assistant.speechStarted': 'said',
  'conversation-update': 'history',
  transcript: 'live',
  'model-output': 'live',
  'voice-input': 'live',
  'language-changed': 'live',
  'language-change-detected': 'live',
  'transfer-update': 'live',
  'transfer-destination-request': 'live',
  'handoff-destination-request': 'live',
  'phone-call-control': 'live',
  'voice-request': 'live',
  'knowledge-base-request': 'live',
  'call.endpointing.request': 'live',
  // Sent when model or voice are slow, not when somebody hangs up.
  hang: 'live',
  'assistant-request': 'off-call',
  'call.artifact.upload': 'off-call',
  'call.deleted': 'off-call',
  'call.delete.failed': 'off-call',
  'campaign.predial': 'off-call',
  'session.created': 'off-call',
  'session.updated': 'off-call',
  'session.deleted': 'off-call',
  'chat.created': 'off-call',
  'chat.deleted': 'off-call',
} as const satisfies Record<string, EventFamily>;

/** Names of the known event types: a bounded set, fit for a metric label. */
export type WebhookEventType = keyof typeof FAMILIES;
export const WebhookEventTypes = Object.keys(FAMILIES) as readonly WebhookEventType[];

// A Map, because a foreign type may be called `constructor`.
const familyByType: ReadonlyMap<string, EventFamily> = new Map(Object.entries(FAMILIES));

/** The known event type that a foreign `message.type` means, or undefined. */
export function eventTypeOf(type: string): WebhookEventType | undefined {
  if (familyByType.has(type)) return type as WebhookEventType;
  if (type === 'tool_calls') return 'tool-calls';
  // The filter is part of the name: transcript[transcriptType="final"].
  return type.startsWith('transcript[') ? 'transcript' : undefined;
}

/** How events of a known type are read. */
export function familyOf(type: WebhookEventType): EventFamily {
  return FAMILIES[type];
}
