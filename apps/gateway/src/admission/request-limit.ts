import { CLOSE_DELAY_MS, MAX_A_TURN, MIN_A_TURN } from './admission-limits.js';

/** Of the requests that were too many for a turn, as many are let in at the next. */
const DECREASE = 0.8;
/** Back from the least to the most takes 4 s. */
const INCREASE = 1.1;
const STEP = 4;

/**
 * How many requests may be let in at each turn of the event loop: fewer while it is late, more again as it is not. Additive
 * and multiplicative, as TCP finds its window: no rate has to be known in advance. Requests that are done at once are never
 * many at a time, whatever there is of them: they wait in their sockets. So it is turns that are counted by. Pure.
 */
export class RequestLimit {
  private limit = MAX_A_TURN;

  get current(): number {
    return Math.floor(this.limit);
  }

  /**
   * To be told at every turn.
   *
   * @param delayMs how late the event loop has been throughout
   * @param taken requests that were let in since the last one
   */
  sample(delayMs: number, taken: number): void {
    if (delayMs > CLOSE_DELAY_MS) this.limit = Math.max(MIN_A_TURN, Math.min(this.limit, taken) * DECREASE);
    else this.limit = Math.min(MAX_A_TURN, this.limit * INCREASE + STEP);
  }
}
