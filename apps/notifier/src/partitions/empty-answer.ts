import type { CallAction, CallInput } from '@interject/speech';

/** Actions that ask something. */
export type Question = Extract<
  CallAction,
  { kind: 'look-up-call' | 'recall-call' | 'recall-tool-call' | 'find-claim' }
>;

/** What a machine is told when its question cannot be answered: it must not wait for ever. */
export function emptyAnswerTo(action: Question): CallInput {
  switch (action.kind) {
    case 'look-up-call':
      return { kind: 'call-looked-up', answer: 'unknown' };
    case 'recall-call':
      return { kind: 'call-recalled' };
    case 'recall-tool-call':
      return { kind: 'tool-call-recalled', toolCallId: action.toolCallId };
    case 'find-claim':
      return { kind: 'claim-found', toolCallId: action.toolCallId, claim: 'spoken' };
  }
}
