/** Quantiles of a latency, in milliseconds from the due time; of none: undefined. */
export interface Latency {
  readonly p50: number | undefined;
  readonly p99: number | undefined;
}

/** What one stretch of load at one rate showed. */
export interface LoadFigures {
  /** Tool calls a second. */
  readonly rate: number;
  readonly toolCalls: number;
  /** Webhooks that were not answered 200. */
  readonly refused: number;
  /** Calls that got no POST by the end. */
  readonly unsaid: number;
  /** POSTs beyond the first of a call. */
  readonly repeats: number;
  readonly acknowledgement: Latency;
  readonly post: Latency;
  /** How late the load process sent (p99, ms): with more than a few, the machine was too busy to tell. */
  readonly sendDelayP99: number | undefined;
  /** CPU a tool call by role, without what the process uses when idle; microseconds. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** By role, after the load; bytes. */
  readonly rssBytes: Readonly<Record<string, number>>;
}

/** One step of the search for the highest rate. */
export interface SearchStep {
  readonly rate: number;
  readonly isSustained: boolean;
  /** Share of the results that were POSTed within the bound. */
  readonly inTimeShare: number;
}

/** One system in one round. */
export interface SystemRun {
  readonly system: string;
  /** CPU by role without load; milliseconds a second. */
  readonly idleCpu: Readonly<Record<string, number>>;
  readonly loads: readonly LoadFigures[];
  /** The same beside a flood of speech updates. */
  readonly flood: LoadFigures | undefined;
  readonly search: readonly SearchStep[];
  /** Highest rate that was sustained; undefined when it was not looked for or none was. */
  readonly sustainedRate: number | undefined;
}
