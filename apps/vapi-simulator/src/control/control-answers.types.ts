import type { JsonObject } from '../scenario/json.types.js';

/** An answer of the control URL. */
export interface ControlReply {
  readonly status: number;
  /** Undefined is the usual one: `{}`, or an error with its status. */
  readonly body: JsonObject | undefined;
}

/** What a POST meets while nobody can hear it. */
export type ControlPolicy =
  /** An answer, without an effect. */
  | { readonly kind: 'refuse'; readonly reply: ControlReply }
  /** Answered like a success, without an effect. */
  | { readonly kind: 'drop' }
  /** No answer for 30 s, then the connection drops: "times out" is what one console reports (VAPI.md 2.4). */
  | { readonly kind: 'hang' }
  /** Takes effect: while it rings, as soon as the call is answered. */
  | { readonly kind: 'take-effect' };

/** The answers to VAPI.md 7, question 1. */
export interface ControlAnswers {
  readonly success: ControlReply;
  readonly ended: ControlPolicy;
  readonly ringing: ControlPolicy;
  readonly forwarding: ControlPolicy;
  /** Under `controlAuthentication`. */
  readonly missingKey: ControlReply;
  readonly wrongKey: ControlReply;
}
