import type { Clock } from '@interject/observability';
import type { StopSignal } from '../execution/job-signal.js';

/** How a wait ended: it was its turn, its time was over, or nobody wants it any more. */
export type TurnEnd = 'granted' | 'late' | 'stopped';

/** How long a job is willing to wait. */
export interface Patience {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly signals: readonly StopSignal[];
}

/**
 * Waits in a queue.
 *
 * @param join gets what calls the waiter up, gives what takes it out of the queue again
 */
export async function turn(
  clock: Clock,
  { until, signals }: Patience,
  join: (grant: () => void) => () => void,
): Promise<TurnEnd> {
  if (signals.some(({ aborted }) => aborted)) return 'stopped';
  return new Promise((resolve) => {
    let isOver = false;
    const end = (how: TurnEnd): void => {
      if (isOver) return;
      isOver = true;
      clock.clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
      if (how !== 'granted') leave();
      resolve(how);
    };
    const onAbort = (): void => {
      end('stopped');
    };
    const timer = clock.setTimeout(
      () => {
        end('late');
      },
      Math.max(0, until - clock.now()),
    );
    for (const signal of signals) signal.addEventListener('abort', onAbort);
    const leave = join(() => {
      end('granted');
    });
  });
}
