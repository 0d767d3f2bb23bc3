import { MessagingError, MessagingErrorCodes } from '@interject/messaging';
import type { Clock } from '@interject/runtime';
import { withTimeLimit } from '../time-limit.js';

/** A webhook that cannot be taken is answered 503 within 2 s (DESIGN section 3), whatever its steps are. */
export const ANSWER_BUDGET_MS = 1800;

/**
 * The time that all steps of a webhook have together until it is stored. When it is used up no other step begins: a gateway
 * that stood still for longer (SIGSTOP) does not publish what somebody else may have taken over meanwhile.
 */
export class AnswerBudget {
  private readonly endsAt: number;

  constructor(
    private readonly clock: Clock,
    limitMs: number = ANSWER_BUDGET_MS,
  ) {
    this.endsAt = clock.monotonic() + limitMs;
  }

  get leftMs(): number {
    return Math.max(0, this.endsAt - this.clock.monotonic());
  }

  /**
   * The outcome of `work`, which is not begun when nothing is left.
   *
   * @param ownLimitMs `work` fails by itself after this: no other watch is needed while there is as much time
   * @throws MessagingError `timeout`, or what `work` rejects with
   */
  async spend<T>(work: () => Promise<T>, ownLimitMs = Infinity): Promise<T> {
    const { leftMs } = this;
    if (leftMs <= 0) {
      throw new MessagingError(MessagingErrorCodes.Timeout, 'The time for an answer was over before all was stored');
    }
    return ownLimitMs <= leftMs ? work() : withTimeLimit(this.clock, work(), leftMs);
  }
}
