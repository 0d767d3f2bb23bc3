import { Inject, Injectable } from '@nestjs/common';
import { isMessagingError } from '@interject/messaging';
import { Log } from '@interject/observability';
import type { Counter } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { GatewayMetrics } from '../gateway-metrics.js';

/** What a claim would have been for; a metric label. */
export type UnclaimedFor = 'duplicates' | 'cancel';

/** Every tool call would say the same. */
const QUIET_MS = 60_000;

/**
 * Tells that the ledger is full. It holds what protects from repeats, for a day: that nothing could be booked or stopped
 * until then would be worse than a repeat that is not recognised.
 */
@Injectable()
export class FullLedger {
  private readonly unclaimed: Counter<'use'>;
  private saidAt = -Infinity;

  constructor(
    @Inject(GatewayMetrics) metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.unclaimed = metrics.unclaimed;
  }

  /** True if `error` is that; it is counted, and said once a minute. */
  isCause(error: unknown, use: UnclaimedFor): boolean {
    if (!isMessagingError(error) || error.code !== 'store-full') return false;
    this.unclaimed.inc({ use });
    const now = this.clock.monotonic();
    if (now - this.saidAt >= QUIET_MS) {
      this.saidAt = now;
      this.log.error('the ledger is full: repeats and duplicates are not recognised, raise max_bytes of KV_ledger', {
        use,
        error,
      });
    }
    return true;
  }
}
