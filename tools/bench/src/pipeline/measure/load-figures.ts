import { quantile } from '../../random/quantile.js';
import type { LoadAnswer } from '../load/load.types.js';
import type { SinkTimes } from '../sink/sink.types.js';
import type { Latency } from './figures.types.js';

export interface Observed {
  readonly load: LoadAnswer;
  readonly sink: SinkTimes;
}

/** @param at when it happened, NaN: never; by tool call */
function delays(dueAt: Float64Array, at: Float64Array): number[] {
  return [...dueAt].flatMap((due, index) => {
    const time = at[index] ?? Number.NaN;
    return Number.isNaN(time) ? [] : [time - due];
  });
}

/** Quantiles over what happened at all; what did not is counted apart. */
function latencyOf(values: readonly number[]): Latency {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}

/** Times of one stretch of load, all from the moment at which each tool call was due. */
export function timesOf({ load, sink }: Observed): {
  readonly toolCalls: number;
  readonly refused: number;
  readonly unsaid: number;
  readonly repeats: number;
  readonly acknowledgement: Latency;
  readonly post: Latency;
  readonly sendDelayP99: number | undefined;
} {
  const { dueAt } = load;
  return {
    toolCalls: dueAt.length,
    refused: load.answeredAt.filter(Number.isNaN).length,
    unsaid: sink.at.filter(Number.isNaN).length,
    repeats: sink.repeats,
    acknowledgement: latencyOf(delays(dueAt, load.answeredAt)),
    post: latencyOf(delays(dueAt, sink.at)),
    sendDelayP99: quantile(delays(dueAt, load.sentAt), 0.99),
  };
}

/** When a rate counts as sustained. */
export interface SustainedRule {
  /** From the due time to the POST (ms). */
  readonly boundMs: number;
  /** Share that has to be in time. */
  readonly share: number;
}

/**
 * Did it keep up? Nearly all in time, and those of the last quarter too: a backlog shows there first.
 *
 * @returns the smaller one of both shares, and the verdict
 */
export function keptUp(
  { load, sink }: Observed,
  { boundMs, share }: SustainedRule,
): { isSustained: boolean; inTimeShare: number } {
  const shareFrom = (from: number): number => {
    const all = load.dueAt.length - from;
    if (all === 0) return 1;
    let inTime = 0;
    for (let at = from; at < load.dueAt.length; at += 1) {
      if ((sink.at[at] ?? Number.NaN) - (load.dueAt[at] ?? 0) <= boundMs) inTime += 1;
    }
    return inTime / all;
  };
  const inTimeShare = Math.min(shareFrom(0), shareFrom(Math.floor(load.dueAt.length * 0.75)));
  return { isSustained: inTimeShare >= share, inTimeShare };
}
