/** What the load process is started with, for one run of a system. */
export interface LoadOptions {
  readonly run: number;
  readonly webhookUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sinkOrigin: string;
}

export type LoadAsk =
  /** Makes the calls numbered from `from` on known: in progress, with control URL, the assistant just silent. */
  { readonly kind: 'introduce'; readonly from: number; readonly count: number } | LoadPhase;

/** Tool calls by the schedule, one for each call numbered from `from` on. */
export interface LoadPhase {
  readonly kind: 'tool-calls';
  readonly from: number;
  readonly seed: string;
  /** Tool calls a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly flood?: Flood;
}

/** Speech updates of other live calls meanwhile. */
export interface Flood {
  /** A second, in all. */
  readonly rate: number;
  readonly from: number;
  readonly calls: number;
}

export interface IntroduceAnswer {
  /** Webhooks that were not answered 200. */
  readonly failures: number;
}

/** One entry for each tool call, in order; times of {@link monotonicMs}. */
export interface LoadAnswer {
  readonly dueAt: Float64Array;
  readonly sentAt: Float64Array;
  /** NaN: it was not answered 200. */
  readonly answeredAt: Float64Array;
  /** Speech updates of the flood that were not answered 200. */
  readonly floodFailures: number;
}
