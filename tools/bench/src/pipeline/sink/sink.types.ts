export interface SinkOptions {
  /** Vapi closes every connection of a control URL after its answer (VAPI.md 2.4); `true` is kinder. */
  readonly keepsConnections: boolean;
}

export interface SinkReady {
  readonly port: number;
}

export type SinkAsk =
  | { readonly kind: 'count' }
  /** The calls numbered from `from` on. */
  | { readonly kind: 'take'; readonly from: number; readonly count: number };

export interface SinkCount {
  /** Calls that got their result. */
  readonly calls: number;
}

export interface SinkTimes {
  /** When the first byte of the POST's body came, {@link monotonicMs}; NaN: never. */
  readonly at: Float64Array;
  /** POSTs beyond the first of a call. */
  readonly repeats: number;
}
