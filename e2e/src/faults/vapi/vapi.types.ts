/** A webhook before it is sent. */
export interface Webhook {
  readonly callId: string;
  /** `tool-calls`, `speech-update`, `status-update`, `end-of-call-report`, `user-interrupted`. */
  readonly type: string;
  /** `message`, with its own `timestamp`. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** One delivery of a webhook. By default each has exactly one, at once, with repeats by the backoff plan. */
export interface Delivery {
  readonly delayMs: number;
  /** The first attempt's connection is cut so many ms after the request was written: it may have been taken. */
  readonly resetAfterMs?: number;
}

/** Decides for each webhook how often, and how late, it is delivered; an empty list loses it. */
export type Route = (webhook: Webhook) => readonly Delivery[];

/** A POST on a control URL. */
export interface ControlPost {
  readonly callId: string;
  readonly type: string;
  /** What is to be said, of a `say`; else the message's content. */
  readonly text: string;
  /** 1 for the first POST of the run. */
  readonly count: number;
}

/**
 * What the control URL does with a POST. `takesEffect`: whether it is said; an answer of 200 without it is Vapi's silent
 * drop, an error with it the answer that got lost.
 */
export interface ControlReaction {
  readonly takesEffect: boolean;
  /** Default: 200 if it takes effect, else 503. `reset` cuts the connection instead. */
  readonly answer?: number | 'reset';
  /** Header of the answer. */
  readonly retryAfterS?: number;
  /** Ms until then; what takes effect does so at once. */
  readonly delayMs?: number;
}

/** Decides for each POST; undefined is the usual: taken, 200. */
export type React = (post: ControlPost) => ControlReaction | undefined;
