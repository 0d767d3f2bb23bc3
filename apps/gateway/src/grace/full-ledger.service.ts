import { Inject, Injectable } from '@nestjs/common';
import { isMessagingError } from '@interject/messaging';
import { Log, Metrics } from '@interject/observability';
import type { Counter } from '@interject/observability';
import { Clock } from '@interject/runtime';

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
    @Inject(Metrics) metrics: Metrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.unclaimed = metrics.counter({
      name: 'interject_unclaimed_total',
      help:
        'Tool calls that went on without a claim because the ledger is full: a repeat ("cancel") or a duplicate ' +
        '("duplicates") of them may not be recognised.',
      labels: ['use'],
    });
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
