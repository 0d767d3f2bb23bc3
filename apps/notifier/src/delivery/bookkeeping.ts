import type { Counter } from '@interject/observability';
import { Lane } from '../lane.js';
import { persistently } from '../persistent.js';
import type { SeldomLog } from '../seldom-log.js';

/** KV operations in flight: below what speech needs, which goes first. */
const IN_FLIGHT = 32;
/** With the store full for so many calls, summaries are given up: KV cannot be behind for ever without a bound. */
const MOST_OPEN = 20_000;

/** What has to be stored of calls that are over, and may take its time: one for the process. */
export class Bookkeeping {
  private readonly lane = new Lane(IN_FLIGHT);
  private open = 0;

  constructor(
    private readonly log: SeldomLog,
    private readonly givenUp: Pick<Counter, 'inc'>,
  ) {}

  /** Settles when it is stored, or was given up. */
  async keep(what: string, signal: AbortSignal, write: () => Promise<void>): Promise<void> {
    if (this.open >= MOST_OPEN) {
      this.givenUp.inc();
      return;
    }
    this.open += 1;
    try {
      await persistently(what, signal, this.log, () =>
        this.lane.run(() => (signal.aborted ? Promise.resolve() : write())),
      );
    } finally {
      this.open -= 1;
    }
  }
}
