import { setTimeout as delay } from 'node:timers/promises';

/** How far the notifier has come, by its own metrics. */
export interface NotifierState {
  readonly liveCalls: number;
  /** Utterances of which it is known what became of them. */
  readonly settled: number;
  /** Partitions that it lost: it was too busy to renew their leases, and has read their calls anew. */
  readonly lost: number;
}

const POLL_MS = 500;

/** @param text of Prometheus' format @returns the sum over all labels; 0 when there is none */
export function sumOf(text: string, name: string): number {
  const values = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** @returns undefined when it does not answer just now: a busy one may close a connection that was kept too long */
async function stateOf(metricsUrl: string): Promise<NotifierState | undefined> {
  try {
    const text = await (await fetch(metricsUrl)).text();
    return {
      liveCalls: sumOf(text, 'interject_live_calls'),
      settled: sumOf(text, 'interject_utterances_total'),
      lost: sumOf(text, 'interject_partitions_lost_total'),
    };
  } catch {
    return undefined;
  }
}

/**
 * Resolves to the first state that `isReached` accepts.
 *
 * @throws Error when that takes longer than `limitMs`
 */
export async function untilNotifier(
  metricsUrl: string,
  isReached: (state: NotifierState) => boolean,
  limitMs: number,
): Promise<NotifierState> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const state = await stateOf(metricsUrl);
    if (state !== undefined && isReached(state)) return state;
    if (performance.now() > deadline) {
      throw new Error(
        `The notifier is still at ${JSON.stringify(state ?? 'no answer')} after ${String(limitMs / 1000)} s.`,
      );
    }
    await delay(POLL_MS);
  }
}
