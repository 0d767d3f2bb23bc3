import type { Clock } from '@interject/observability';
import type { RateLimit } from '../tool.types.js';

/**
 * Tokens that come back one by one, each `perMs` after it was taken: whenever one looks, no more than `limit` were taken
 * within the last `perMs`. (One that refills steadily gives up to twice as many after a rest.)
 *
 * Shared by `n` replicas, each has `limit / n`, rounded up, and its tokens stay away longer by as much as was rounded:
 * the rate is kept exactly, and all together exceed the limit of one `perMs` by less than `n`.
 */
export class TokenBucket {
  /** When tokens were taken, the last `limit` of them, as a ring. */
  private readonly times: number[] = [];
  private count = 0;

  constructor(
    private readonly rate: RateLimit,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** @param replicas how many share the rate just now */
  take(replicas: number): boolean {
    if (this.waitMs(replicas) > 0) return false;
    this.times[this.count % this.rate.limit] = this.clock.monotonic();
    this.count += 1;
    return true;
  }

  /** How long until there is a token; 0 if there is one. */
  waitMs(replicas: number): number {
    const { limit, perMs } = this.rate;
    const share = limit / Math.max(1, replicas);
    const tokens = Math.ceil(share);
    if (this.count < tokens) return 0;
    const oldest = this.times[(this.count - tokens) % limit] ?? 0;
    return Math.max(0, oldest + (perMs * tokens) / share - this.clock.monotonic());
  }
}
