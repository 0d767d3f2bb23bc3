import type { CallEvent } from '../transcript/transcript.types.js';

/** One call in a report. */
export interface CallReport {
  readonly number: number;
  readonly callId: string;
  readonly endedReason: string | undefined;
  /** Wall clock at call time 0, ms since 1970. */
  readonly startedAt: number;
  readonly reasons: readonly string[];
  readonly events: readonly CallEvent[];
}

/** What came out of a scenario. */
export interface RunReport {
  readonly scenario: string;
  readonly timeFactor: number;
  readonly verdict: 'passed' | 'failed';
  /** Why it failed, with the call's number when there are several. */
  readonly reasons: readonly string[];
  /** Every injected utterance that was heard in full. */
  readonly heard: readonly string[];
  readonly calls: readonly CallReport[];
}

/** The last line of a stream: everything but the events, unless those were asked for. */
export type RunSummary = Omit<RunReport, 'calls'> & {
  readonly type: 'verdict';
  readonly calls?: readonly CallReport[];
};
