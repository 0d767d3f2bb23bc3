import type { Clock } from '@interject/observability';
import type { RateLimit } from '../tool.types.js';
import { TokenBucket } from './token-bucket.js';
import { turn } from './turn.js';
import type { Patience, TurnEnd } from './turn.js';

/** While somebody waits, the number of replicas is asked for this often: a share may have grown. */
const LONGEST_NAP_MS = 1000;

/** The starts of a tool's handler on this replica: each takes a token, in the order of asking. */
export class StartRate {
  private readonly bucket: TokenBucket;
  private readonly queue = new Set<() => void>();
  private timer: unknown;

  /** @param replicas how many share the rate just now */
  constructor(
    rate: RateLimit,
    private readonly clock: Clock,
    private readonly replicas: () => number,
  ) {
    this.bucket = new TokenBucket(rate, clock);
  }

  /** How many wait for a token. */
  get waiting(): number {
    return this.queue.size;
  }

  /** Takes a token if there is one for the asking. */
  tryStart(): boolean {
    return this.queue.size === 0 && this.bucket.take(this.replicas());
  }

  /** Waits for a token. */
  async start(patience: Patience): Promise<TurnEnd> {
    return turn(this.clock, patience, (grant) => {
      this.queue.add(grant);
      this.arm();
      return () => {
        this.queue.delete(grant);
        this.arm();
      };
    });
  }

  private arm(): void {
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    if (this.queue.size === 0) return;
    const waitMs = Math.ceil(Math.min(this.bucket.waitMs(this.replicas()), LONGEST_NAP_MS));
    this.timer = this.clock.setTimeout(() => {
      for (const grant of this.queue) {
        if (!this.bucket.take(this.replicas())) break;
        this.queue.delete(grant);
        grant();
      }
      this.arm();
    }, waitMs);
  }
}
