const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/** A process that ran this long has recovered: the next death is a new story. */
const STABLE_AFTER_MS = 30_000;
/** Deaths in a row before readiness that are told as one failure: usually a fault of the configuration. */
const HOPELESS_STARTS = 5;
/** EX_CONFIG of sysexits.h, with which our services end when the environment has faults: no start will heal that. */
const CONFIGURATION_FAULT = 78;
/** Told again after so many more, so that a log that is read later still shows it. */
const REPEAT_REPORT_EVERY = 10;

/** What is remembered about a process between its deaths. */
export interface RestartHistory {
  /** Delay of the last restart, 0 before the first. */
  readonly lastDelayMs: number;
  /** Starts in a row that ended soon and without having been ready. */
  readonly failedStarts: number;
}

export interface RestartDecision {
  readonly history: RestartHistory;
  readonly delayMs: number;
  /** The process does not get anywhere: say so, with what it said last. */
  readonly report: boolean;
}

export const freshHistory: RestartHistory = { lastDelayMs: 0, failedStarts: 0 };

/**
 * Decides how long to wait before a dead process is started again: 250 ms, doubling to 5 s, from the beginning again
 * after a run of 30 s.
 */
export function decideRestart(
  history: RestartHistory,
  run: { readonly ranMs: number; readonly wasReady: boolean; readonly exitCode?: number },
): RestartDecision {
  const wasStable = run.ranMs >= STABLE_AFTER_MS;
  const doubled = Math.min(history.lastDelayMs * 2, MAX_DELAY_MS);
  const delayMs = wasStable || history.lastDelayMs === 0 ? FIRST_DELAY_MS : doubled;
  const failedStarts = wasStable || run.wasReady ? 0 : history.failedStarts + 1;
  const beyond = failedStarts - (run.exitCode === CONFIGURATION_FAULT ? 1 : HOPELESS_STARTS);
  return {
    history: { lastDelayMs: delayMs, failedStarts },
    delayMs,
    report: beyond >= 0 && beyond % REPEAT_REPORT_EVERY === 0,
  };
}
