import type {
  RecordedState,
  ToolCallFinished,
  ToolCallOutcome,
  UtteranceRecord,
  UtteranceUndelivered,
} from '@interject/contracts';
import type { CallSnapshot } from './call-snapshot.js';
import type { CallLimit } from './limit-watch.js';

/** What goes to the call's control URL. */
export type SpeechMessage =
  | {
      readonly kind: 'say';
      readonly text: string;
      readonly interruptAssistant: boolean;
      readonly callerMayInterrupt: boolean;
      readonly endCallAfter: boolean;
    }
  | { readonly kind: 'add-message'; readonly text: string; readonly triggersReply: boolean };

/** What became of an utterance, for metrics. */
export interface Settlement {
  readonly state: RecordedState;
  readonly tool?: string;
  readonly outcome?: ToolCallOutcome;
  /** From the tool call's request to the end of the speech, milliseconds; only when heard. */
  readonly toHeardMs?: number;
  /** How long it was held, milliseconds. */
  readonly heldMs?: number;
}

/** What a call's machine wants done. Each is answered by the input that its comment names. */
export type CallAction =
  /** Write to the ledger; answered by `recorded`. */
  | { readonly kind: 'append'; readonly record: UtteranceRecord; readonly settlement?: Settlement }
  /** Answered by `post-outcome` with the same `sendId`. */
  | {
      readonly kind: 'post';
      /** What is said together, in this order. */
      readonly utteranceIds: readonly string[];
      readonly sendId: number;
      readonly message: SpeechMessage;
    }
  /** Tell the model what the caller may not have heard; no answer. */
  | { readonly kind: 'post-context'; readonly message: SpeechMessage }
  /** The control URL refused: has the call ended? Answered by `call-looked-up`. */
  | { readonly kind: 'look-up-call' }
  /** Find the newest status and the end of a call that is not known; answered by `call-recalled`. */
  | { readonly kind: 'recall-call' }
  /** Answered by `tool-call-recalled`. */
  | { readonly kind: 'recall-tool-call'; readonly tool: string; readonly toolCallId: string }
  /** Read the ledger's claim, or write `spoken` into it unless there is one; answered by `claim-found`. */
  | { readonly kind: 'find-claim'; readonly toolCallId: string; readonly isClaiming: boolean }
  /** Answered by `published`. */
  | { readonly kind: 'publish-undelivered'; readonly data: UtteranceUndelivered }
  /** The tool call's result comes back as a fact. */
  | { readonly kind: 'publish-result'; readonly data: ToolCallFinished }
  /** Vapi is about to end the call by itself although a tool call is pending; no answer. */
  | { readonly kind: 'limit-near'; readonly limit: CallLimit }
  | { readonly kind: 'purge-control-url' }
  | { readonly kind: 'write-summary'; readonly summary: CallSnapshot }
  /** Nothing is open any more: forget the call. */
  | { readonly kind: 'close' };
