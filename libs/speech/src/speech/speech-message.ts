import type { SpeechMessage } from '../calls/call-actions.types.js';
import type { Utterance } from './utterance.js';

/** What is POSTed to say `utterance`. */
export function speechMessageOf(utterance: Utterance): SpeechMessage {
  const { content, plan, wording } = utterance;
  switch (wording) {
    case 'verbatim':
      return {
        kind: 'say',
        text: content.text,
        interruptAssistant: plan.timing === 'interrupt',
        callerMayInterrupt: plan.callerMayInterrupt,
        endCallAfter: plan.endCallAfter,
      };
    case 'assistant':
      return {
        kind: 'add-message',
        text: `Tell the caller now, in your own words: ${content.text}`,
        triggersReply: true,
      };
    case 'silent':
      return { kind: 'add-message', text: content.text, triggersReply: false };
  }
}

/** Tells the model what the caller may have missed, so that it can answer when asked. */
export function contextMessageOf(utterance: Utterance): SpeechMessage {
  const text = `This was announced, but the caller may not have heard it. Mention it when it fits: ${utterance.content.text}`;
  return { kind: 'add-message', text, triggersReply: false };
}
