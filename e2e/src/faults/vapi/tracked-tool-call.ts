/** A tool call as Vapi's side saw it. All times are monotonic ms of the driver. */
export interface TrackedToolCall {
  readonly callId: string;
  readonly toolCallId: string;
  readonly isAsync: boolean;
  /** A word of its result's text that no other tool call has. */
  readonly marker: string;
  /** How long its backend works. */
  readonly jobMs: number;
  readonly askedAt: number;
  /** Attempts of its webhook, and what came of each. */
  readonly attempts: { readonly at: number; readonly outcome: string }[];
  /** The first answer of 200. */
  acceptedAt?: number;
  /** The webhook was repeated as often as its plan wants it. */
  isGivenUp?: boolean;
  /** The result was in that answer: the assistant says it. */
  inlineAt?: number;
  /** Each time its text was begun to be said in the call. */
  readonly said: number[];
  /** Each time it was said to its end. */
  readonly heard: number[];
  /** Each `say` with its text that reached the control URL, with what was done with it. */
  readonly posts: { readonly at: number; readonly outcome: string }[];
  /** Silent messages to the model that speak of it. */
  readonly told: number[];
}

/** Letters alone, so that nothing which puts numbers into words touches it. */
const MARKER = /\bzq[a-z]{8}\b/g;

/** The `count`th marker of a run. */
export function markerOf(count: number, letters: string): string {
  const number = count.toString(26).padStart(4, '0');
  const counted = [...number].map((digit) => String.fromCharCode(97 + parseInt(digit, 26))).join('');
  return `zq${counted}${letters}`;
}

/** Every marker in a text, each once. */
export function markersIn(text: string): string[] {
  return [...new Set(text.match(MARKER) ?? [])];
}
