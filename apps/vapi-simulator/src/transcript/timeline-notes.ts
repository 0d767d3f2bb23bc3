import type { CallEvent } from './transcript.types.js';

/** What stands in the last column: `▶` went to the gateway, `◀` came from it, `✗` went wrong. */
export function noteOf(event: CallEvent): string | undefined {
  switch (event.type) {
    case 'call-started':
    case 'caller-started':
    case 'caller-stopped':
    case 'speech-started':
    case 'control-received':
      return undefined;
    case 'call-status':
      return `▶ status ${event.status}`;
    case 'call-ended':
      return `the call ends (${event.reason})`;
    case 'speech-accepted':
      return event.source === 'say' ? '◀ say' : undefined;
    case 'speech-stopped':
      return event.audible ? undefined : `✗ never spoken: ${event.text}`;
    case 'speech-dropped':
      return `◀ say, accepted and never spoken (${event.cause})`;
    case 'context-added':
      return `◀ message${event.triggers ? ' that asks for a reply' : ', silent'}: ${event.content}`;
    case 'tool-calls-sent':
      return `▶ tool-calls ${event.calls.map((call) => call.tool).join(', ')}`;
    case 'webhook-answered':
      return answerNote(event);
    case 'webhook-lost':
      return `✗ ${event.message} lost`;
    case 'webhook-held':
      return `✗ ${event.message} ${event.holdMs} ms late`;
    case 'control-refused':
      return `◀ refused with ${event.status ?? 'no answer'}: ${event.problem}`;
    case 'control-dropped':
      return `◀ ${event.kind}, accepted without effect (${event.cause})`;
    case 'gateway-answered':
      return `${event.request}: ${event.status}`;
    case 'fault':
      return `✗ ${event.name}`;
    case 'step-failed':
      return `✗ ${event.step}: ${event.problem}`;
  }
}

/** Answers to tool calls always, of the other webhooks only failures. */
function answerNote(event: CallEvent & { type: 'webhook-answered' }): string | undefined {
  const outcome = event.status === undefined ? (event.problem ?? 'no answer') : String(event.status);
  const isToolCalls = event.message === 'tool-calls' || event.message === 'function-call';
  if (isToolCalls) {
    const texts = event.entries.map(({ error, problem, result }) => problem ?? error ?? result ?? '');
    return `◀ ${outcome}: ${texts.join(' | ')}`;
  }
  return event.status !== undefined && event.status < 300 ? undefined : `✗ ${event.message} ${outcome}`;
}
