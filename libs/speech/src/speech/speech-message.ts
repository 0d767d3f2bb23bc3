import type { SpeechMessage } from '../calls/call-actions.types.js';
import type { Flight } from './flight.js';
import type { Utterance } from './utterance.js';

/** Words that end like a sentence need no full stop before the next. */
const SENTENCE_END = /[.!?\u2026\u3002\uFF01\uFF1F]["')\]\u201D\u00BB]?$/u;

/** The words of several utterances as one text. */
export function textOf(utterances: readonly Utterance[]): string {
  const sentences = utterances.map(({ words }) => words);
  return sentences
    .map((words, index) => (index === sentences.length - 1 || SENTENCE_END.test(words) ? words : `${words}.`))
    .join(' ');
}

/** True for what the model is to say with its own next turn: it is told, not made to speak. */
export function isForNextTurn({ wording, plan }: Utterance): boolean {
  return wording === 'assistant' && plan.timing === 'next-turn';
}

/** What is POSTed. */
export function speechMessageOf({ head, utterances, text }: Flight): SpeechMessage {
  const { plan, wording } = head;
  switch (wording) {
    case 'verbatim':
      return {
        kind: 'say',
        text,
        interruptAssistant: plan.timing === 'interrupt',
        callerMayInterrupt: utterances.every((utterance) => utterance.plan.callerMayInterrupt),
        endCallAfter: utterances.some((utterance) => utterance.plan.endCallAfter),
      };
    case 'assistant':
      return isForNextTurn(head)
        ? {
            kind: 'add-message',
            text: `In your next reply, tell the caller in your own words: ${text}`,
            triggersReply: false,
          }
        : { kind: 'add-message', text: `Tell the caller now, in your own words: ${text}`, triggersReply: true };
    case 'silent':
      return { kind: 'add-message', text, triggersReply: false };
  }
}

/** Tells the model what the caller may have missed, so that it can answer when asked. */
export function contextMessageOf({ content }: Utterance): SpeechMessage {
  const text = `This was announced, but the caller may not have heard it. Mention it when it fits: ${content.text}`;
  return { kind: 'add-message', text, triggersReply: false };
}
