import { quantile } from '../../random/quantile.js';
import type { CallVerdict } from './judge-call.js';

/** Of one policy over all calls. Counts, unless the name says otherwise. */
export interface Scores {
  readonly calls: number;
  readonly results: number;
  /** POSTs that Vapi took. */
  readonly sends: number;
  /** Reached Vapi while the caller was audibly speaking; those at the bound of their hold apart. */
  readonly overCaller: number;
  readonly overCallerAtBound: number;
  /** Over the caller by the time it had reached Vapi, those at the bound apart. */
  readonly overCallerAtVapi: number;
  readonly atBound: number;
  readonly speeches: number;
  /** Began while the caller was audibly speaking. */
  readonly overlapping: number;
  readonly heard: number;
  readonly lost: number;
  readonly unconfirmed: number;
  readonly interrupted: number;
  readonly undelivered: number;
  readonly saidTwice: number;
  readonly falselyHeard: number;
  /** Believed not to have been heard, and was. */
  readonly heardUnknown: number;
  /** Begun before any silence of a second; without latency. */
  readonly tooSoon: number;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP95Ms: number | undefined;
}

export function scoresOf(verdicts: readonly CallVerdict[]): Scores {
  const results = verdicts.flatMap((verdict) => verdict.results);
  const sends = verdicts.flatMap((verdict) => verdict.sends);
  const plays = sends.flatMap(({ play }) => play ?? []);
  const latencies = results.flatMap(({ latencyMs }) => latencyMs ?? []);
  const over = sends.filter(({ isOverCaller }) => isOverCaller);
  const believed = (state: string): number => results.filter(({ belief }) => belief?.state === state).length;
  return {
    calls: verdicts.length,
    results: results.length,
    sends: sends.length,
    overCaller: over.filter(({ order }) => !order.isAtBound).length,
    overCallerAtVapi: sends.filter((send) => send.isOverCallerAtVapi && !send.order.isAtBound).length,
    overCallerAtBound: over.filter(({ order }) => order.isAtBound).length,
    atBound: sends.filter(({ order }) => order.isAtBound).length,
    speeches: plays.length,
    overlapping: plays.filter(({ isOverCaller }) => isOverCaller).length,
    heard: results.filter(({ isHeard }) => isHeard).length,
    lost: results.filter(({ isLost }) => isLost).length,
    unconfirmed: believed('unconfirmed'),
    interrupted: results.filter(({ belief }) => belief?.state === 'interrupted' && belief.isFinal).length,
    undelivered: believed('undelivered'),
    saidTwice: results.filter(({ isSaidTwice }) => isSaidTwice).length,
    falselyHeard: results.filter(({ isFalselyHeard }) => isFalselyHeard).length,
    heardUnknown: results.filter(({ isHeard, belief }) => isHeard && !isBelievedSaid(belief?.state)).length,
    tooSoon: results.filter(({ isBegun, latencyMs }) => isBegun && latencyMs === undefined).length,
    latencyP50Ms: quantile(latencies, 0.5),
    latencyP95Ms: quantile(latencies, 0.95),
  };
}

function isBelievedSaid(state: string | undefined): boolean {
  return state === 'heard' || state === 'accepted';
}
