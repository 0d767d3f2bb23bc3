/** Cancels a timer; calling it twice, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** The time of a simulated call. Everything that waits goes through it, so that tests can run fast or by hand. */
export interface Clock {
  /** Milliseconds of call time since this clock's origin. */
  nowMs(): number;
  /** Wall clock time for the `timestamp` of webhooks, in ms since 1970. */
  epochMs(): number;
  /** Runs once after a delay in ms of call time. */
  after(delayMs: number, run: () => void): CancelTimer;
}

/** The same time as another clock, counted from now: a call's own clock starts at 0. */
export function forkClock(clock: Clock): Clock {
  const originMs = clock.nowMs();
  return {
    nowMs: () => clock.nowMs() - originMs,
    epochMs: () => clock.epochMs(),
    after: (delayMs, run) => clock.after(delayMs, run),
  };
}

/** Waits in call time; an aborted signal ends the wait early and does not reject, callers look at the signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
