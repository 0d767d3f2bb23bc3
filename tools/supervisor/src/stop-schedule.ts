import type { ServiceRole } from './service-list.js';

export interface StopStep {
  readonly roles: readonly ServiceRole[];
  /** Told to stop at the latest so long after the beginning, even if those before them are still at it. */
  readonly latestAtMs: number;
}

/**
 * First nobody takes webhooks any more, then jobs finish, then their results are said. A step begins when the one
 * before it is done, or at its latest time: all has to end within 10 s. A webhook waits up to 3 s for an inline
 * result, which needs the workers: so they are not stopped at once.
 */
export const stopSteps: readonly StopStep[] = [
  { roles: ['gateway'], latestAtMs: 0 },
  { roles: ['worker'], latestAtMs: 1_500 },
  { roles: ['notifier'], latestAtMs: 6_000 },
  { roles: ['companion'], latestAtMs: 8_500 },
];

/** Whoever still runs then is killed; the broker is told to stop, which takes it milliseconds. */
export const KILL_SERVICES_AT_MS = 9_000;
export const KILL_BROKER_AT_MS = 9_700;

export type SignalDecision = 'stop' | 'kill' | 'ignore';

/** Ctrl-C reaches a process twice at once when npm forwards it: only a later one is a second wish. */
const SAME_WISH_MS = 500;

/**
 * Decides what a signal asks for.
 * @param sinceFirstMs time since the first signal, undefined if this is it
 */
export function decideSignal(
  signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  sinceFirstMs: number | undefined,
): SignalDecision {
  if (sinceFirstMs === undefined) return 'stop';
  return signal === 'SIGINT' && sinceFirstMs >= SAME_WISH_MS ? 'kill' : 'ignore';
}
