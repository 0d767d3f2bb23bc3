import type { Bounds, Strike } from '../fault.types.js';

/** Something that was seen of one tool call, from one side. */
export interface Sighting {
  /** Monotonic ms of the driver. What NATS stored is converted from the server's clock: same machine, a few ms off. */
  readonly at: number;
  readonly what: string;
}

/** An act of a series, as the account needs it. */
export interface PlayedAct {
  /** When it was begun; the first one has what was before it too. */
  readonly from: number;
  readonly until: number;
  readonly strikes: readonly Strike[];
  readonly notes: readonly Sighting[];
  readonly bounds: Bounds | undefined;
}

/** Why nobody can know whether it was said: a blow fell, or the webhooks that tell of its speech were late or lost. */
export type Excuse = 'blow' | 'speech';

/** How a tool call ended, counted from Vapi's side and from the raw streams, never from what our services say. */
export type Fate =
  /** Said once in the call, or answered inline once. */
  | 'said'
  /** Webhooks of speech were lost or late while it was said, it was taken for interrupted, and said again as its plan wants it. */
  | 'repeated'
  /** In flight at a fault: recorded as `unconfirmed`, and said. */
  | 'unconfirmed-said'
  /** In flight at a fault: recorded as `unconfirmed`, and not said. */
  | 'unconfirmed-unsaid'
  /** The call ended first, and the record says so. */
  | 'undelivered'
  /** The call ended while it was said, so that nobody could see its end. */
  | 'cut-by-end'
  /** The webhook was never answered 200: nothing was promised. */
  | 'not-accepted'
  /** Accepted, and then nothing: no result, no final record, or recorded as said and not said. */
  | 'lost'
  /** Said more than once, two results, two utterances. */
  | 'twice';

export interface ToolCallEntry {
  readonly callId: string;
  readonly toolCallId: string;
  /** Unique words in its result's text. */
  readonly marker: string;
  readonly fate: Fate;
  /** Why it is lost or twice. */
  readonly problem?: string;
  /** Of an unconfirmed one. */
  readonly excuse?: Excuse;
  /** When its first webhook left, and when one was answered 200. */
  readonly askedAt: number;
  readonly acceptedAt?: number;
  /** When it was first said, or else its final record was stored. */
  readonly doneAt?: number;
  /** Ms from when it could go on (accepted, or struck) until it was done, without its job's own time. */
  readonly delayMs?: number;
  /** Longest that is right for it. */
  readonly allowedMs: number;
  /** The last blow before it was done, while it was under way. */
  readonly struckBy?: Strike;
  readonly timeline: readonly Sighting[];
}

/** The account of one act: of the tool calls that were asked for in it, or were under way at one of its blows. */
export interface Account {
  readonly entries: readonly ToolCallEntry[];
  /** Results in CALL_EVENTS of accepted tool calls. */
  readonly results: number;
  readonly calls: number;
  readonly strikes: readonly Strike[];
  /** Webhook attempts by what came of them: `200`, `503`, `timeout`, `ECONNRESET`. */
  readonly answers: ReadonlyMap<string, number>;
}
