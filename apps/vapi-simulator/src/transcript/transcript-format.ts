import { isInjected, type SpeechSource } from '../speech/speech.types.js';
import type { ReplyEntry } from '../webhooks/reply.js';
import type { CallEvent } from './transcript.types.js';

type Lane = 'call' | 'caller' | 'assistant' | 'tool' | 'injected' | 'webhook' | 'fault';

interface Line {
  readonly lane: Lane;
  readonly text: string;
}

/** The live transcript: one line per event worth reading, `<seconds> <lane> <text>`, nothing for the others. */
export function formatEvent(event: CallEvent, manyCalls: boolean): string | undefined {
  const line = describe(event);
  if (line === undefined) return undefined;
  const time = (event.atMs / 1_000).toFixed(2).padStart(7);
  const call = manyCalls ? `  #${String(event.call).padEnd(4)}` : '';
  return `${time}${call}  ${line.lane.padEnd(9)}  ${line.text}`;
}

function describe(event: CallEvent): Line | undefined {
  switch (event.type) {
    case 'call-started':
      return { lane: 'call', text: `started ${event.callId}` };
    case 'call-status':
      return { lane: 'call', text: `status ${event.status}` };
    case 'call-ended':
      return { lane: 'call', text: `ended (${event.reason})` };
    case 'caller-started':
      return { lane: 'caller', text: quote(event.text) };
    case 'caller-stopped':
    case 'control-received':
      return undefined;
    case 'speech-accepted':
      return event.source === 'say' ? { lane: 'injected', text: `say accepted: ${quote(event.text)}` } : undefined;
    case 'speech-started':
    case 'speech-stopped':
      return describeSpeech(event);
    case 'speech-dropped':
      return { lane: 'injected', text: `accepted but never spoken (${event.cause}): ${quote(event.text)}` };
    case 'context-added':
      return {
        lane: 'injected',
        text: `${event.triggers ? 'message' : 'silent message'} (${event.role}): ${quote(event.content)}`,
      };
    case 'tool-calls-sent':
      return { lane: 'tool', text: `calls ${event.calls.map((call) => call.tool).join(', ')}` };
    case 'webhook-answered':
      return describeAnswer(event);
    case 'webhook-lost':
      return { lane: 'fault', text: `${event.message} not sent (${event.cause})` };
    case 'webhook-held':
      return { lane: 'fault', text: `${event.message} sent ${event.holdMs} ms late (${event.cause})` };
    case 'control-refused':
      return { lane: 'injected', text: `refused with ${event.status ?? 'no answer'}: ${event.problem}` };
    case 'control-dropped':
      return { lane: 'injected', text: `${event.kind} accepted, without effect (${event.cause})` };
    case 'gateway-answered':
      return { lane: 'webhook', text: `${event.request} answered with ${event.status}` };
    case 'fault':
      return { lane: 'fault', text: `${event.name}: ${event.detail}` };
    case 'step-failed':
      return { lane: 'call', text: `${event.step} failed: ${event.problem}` };
  }
}

function describeSpeech(event: CallEvent & { type: 'speech-started' | 'speech-stopped' }): Line | undefined {
  const lane = laneOf(event.source);
  if (event.type === 'speech-started') {
    const over = event.overCallerForMs === undefined ? '' : '  [the caller is speaking]';
    return { lane, text: `${quote(event.text)}${over}` };
  }
  if (event.outcome === 'finished') return lane === 'injected' ? { lane, text: 'heard in full' } : undefined;
  const how = event.audible ? 'cut' : 'never spoken';
  return { lane, text: `${how} (${event.outcome}): ${quote(event.text)}` };
}

/** Tool calls' answers are always shown, of the other webhooks only what went wrong. */
function describeAnswer(event: CallEvent & { type: 'webhook-answered' }): Line | undefined {
  const outcome = event.status === undefined ? (event.problem ?? 'no answer') : String(event.status);
  const retry = event.attempt > 1 ? ` (attempt ${event.attempt})` : '';
  if (event.message === 'tool-calls' || event.message === 'function-call') {
    const entries = event.entries.map(describeEntry).join('; ');
    const what = entries === '' ? (event.problem ?? 'no results') : entries;
    return { lane: 'tool', text: `${outcome}${retry} after ${Math.round(event.tookMs)} ms: ${what}` };
  }
  const fine = event.status !== undefined && event.status >= 200 && event.status < 300;
  return fine ? undefined : { lane: 'webhook', text: `${event.message} ${outcome}${retry}` };
}

function describeEntry(entry: ReplyEntry): string {
  if (entry.problem !== undefined) return `${entry.tool}: ${entry.problem}`;
  if (entry.error !== undefined) return `${entry.tool} error: ${quote(entry.error)}`;
  return `${entry.tool}: ${quote(entry.result ?? '')}`;
}

function laneOf(source: SpeechSource): Lane {
  return isInjected(source) ? 'injected' : 'assistant';
}

/** One line whatever the text holds. */
function quote(text: string): string {
  return JSON.stringify(text);
}
