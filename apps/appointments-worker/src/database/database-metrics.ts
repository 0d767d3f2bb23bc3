import { Inject, Injectable } from '@nestjs/common';
import { EDGE_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Histogram } from '@interject/observability';

/** The edge between the appointments worker and its database. */
@Injectable()
export class DatabaseMetrics {
  private readonly transactions: Histogram<'outcome'>;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.transactions = metrics.histogram({
      name: 'interject_database_transaction_duration_seconds',
      help: 'How long the transactions of tool calls take, waits for locks included: "committed" or "rolled-back".',
      labels: ['outcome'],
      buckets: EDGE_BUCKETS_SECONDS,
    });
  }

  /** The outcome of `transaction`, which is measured. */
  async measure<T>(transaction: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    let outcome = 'rolled-back';
    try {
      const result = await transaction();
      outcome = 'committed';
      return result;
    } finally {
      this.transactions.observe({ outcome }, (performance.now() - startedAt) / 1000);
    }
  }
}
