import type { Scores } from '../judge/scores.js';
import { percent, seconds } from './table.js';

export interface Goal {
  readonly text: string;
  readonly isMet: boolean;
}

const MOST_OVER_CALLER = 0.01;
const MOST_LATENCY_P50_MS = 2000;

/** What our policy has to reach. */
export function goalsOf(scores: Scores): readonly Goal[] {
  const { overCaller, sends, lost, saidTwice, latencyP50Ms } = scores;
  return [
    { text: `over the caller below 1 % (${percent(overCaller, sends)})`, isMet: overCaller < MOST_OVER_CALLER * sends },
    { text: `lost 0 (${String(lost)})`, isMet: lost === 0 },
    { text: `said twice 0 (${String(saidTwice)})`, isMet: saidTwice === 0 },
    {
      text: `latency p50 at most 2.0 s (${seconds(latencyP50Ms)})`,
      isMet: latencyP50Ms !== undefined && latencyP50Ms <= MOST_LATENCY_P50_MS,
    },
  ];
}

export function goalLines(goals: readonly Goal[]): string[] {
  return goals.map(({ text, isMet }) => `goal: ${text}: ${isMet ? 'met' : 'MISSED'}`);
}
