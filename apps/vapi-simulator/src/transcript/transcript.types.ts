import type { SpeechOutcome, SpeechSource } from '../speech/speech.types.js';
import type { ReplyEntry } from '../webhooks/reply.js';

/** What happened in a call. */
export type CallFact =
  | { readonly type: 'call-started'; readonly callId: string }
  | { readonly type: 'call-status'; readonly status: string }
  | { readonly type: 'call-ended'; readonly reason: string }
  | { readonly type: 'caller-started'; readonly text: string }
  | { readonly type: 'caller-stopped'; readonly text: string }
  | {
      readonly type: 'speech-accepted';
      readonly utteranceId: number;
      readonly source: SpeechSource;
      readonly text: string;
    }
  | {
      readonly type: 'speech-started';
      readonly utteranceId: number;
      readonly source: SpeechSource;
      readonly text: string;
      /** How long the caller had been speaking when it started; undefined when the caller was silent. */
      readonly overCallerForMs: number | undefined;
      /** Ms a fault delayed it. */
      readonly lateMs: number;
    }
  | {
      readonly type: 'speech-stopped';
      readonly utteranceId: number;
      readonly source: SpeechSource;
      readonly text: string;
      readonly outcome: SpeechOutcome;
      /** False when it ended without a sound. */
      readonly audible: boolean;
    }
  | { readonly type: 'speech-dropped'; readonly text: string; readonly cause: string }
  | { readonly type: 'context-added'; readonly role: string; readonly content: string; readonly triggers: boolean }
  | {
      readonly type: 'tool-calls-sent';
      readonly delivery: number;
      readonly calls: readonly { readonly id: string; readonly tool: string; readonly async: boolean }[];
    }
  | {
      readonly type: 'webhook-answered';
      readonly delivery: number;
      readonly message: string;
      readonly attempt: number;
      /** HTTP status; undefined when there was no answer. */
      readonly status: number | undefined;
      readonly problem: string | undefined;
      readonly tookMs: number;
      readonly last: boolean;
      /** The tool calls' entries, of a `tool-calls` webhook only. */
      readonly entries: readonly ReplyEntry[];
    }
  | { readonly type: 'webhook-lost'; readonly message: string; readonly cause: string }
  | { readonly type: 'webhook-held'; readonly message: string; readonly holdMs: number; readonly cause: string }
  /** A POST on the control URL, whatever came of it; its effects are recorded before. */
  | { readonly type: 'control-received' }
  /** `status` undefined: never answered. */
  | { readonly type: 'control-refused'; readonly status: number | undefined; readonly problem: string }
  /** Answered like a success, and nothing came of it. */
  | { readonly type: 'control-dropped'; readonly kind: string; readonly cause: string }
  | { readonly type: 'gateway-answered'; readonly request: string; readonly status: number }
  | { readonly type: 'fault'; readonly name: string; readonly detail: string }
  | { readonly type: 'step-failed'; readonly step: string; readonly problem: string };

/** A fact with its call and its call time. */
export type CallEvent = CallFact & { readonly call: number; readonly atMs: number };
