import type { Clock } from '../clock/clock.types.js';
import type { CallLog } from '../transcript/call-log.js';

export interface WaitOptions {
  readonly log: CallLog;
  readonly clock: Clock;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  readonly withinMs: number;
}

/** Waits until something holds, looking again at every event. Says whether it does. */
export function waitFor({ log, clock, signal, withinMs }: WaitOptions, holds: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    if (holds() || signal.aborted || withinMs <= 0) {
      resolve(holds());
      return;
    }
    const finish = (): void => {
      unlisten();
      cancel();
      signal.removeEventListener('abort', finish);
      resolve(holds());
    };
    const unlisten = log.listen(() => {
      if (holds()) finish();
    });
    const cancel = clock.after(withinMs, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}
