import { Injectable } from '@nestjs/common';
import { EDGE_BUCKETS_SECONDS, Metrics } from '@interject/observability';
import type { Counter, Histogram } from '@interject/observability';
import type { UndeliveredReason } from '@interject/contracts';

/** Follow-ups by the reason they were needed for. */
@Injectable()
export class FollowUpMetrics {
  private readonly followUps: Counter<'reason' | 'outcome'>;
  private readonly requests: Histogram<'outcome'>;

  constructor(metrics: Metrics) {
    this.followUps = metrics.counter({
      name: 'interject_follow_ups_total',
      help: 'Undelivered utterances that were sent to the webhook, or skipped because of FOLLOW_UP_REASONS.',
      labels: ['reason', 'outcome'],
    });
    this.requests = metrics.histogram({
      name: 'interject_follow_up_webhook_duration_seconds',
      help: 'How long the webhook takes to answer, by class of the status ("2xx"), or "unreachable".',
      labels: ['outcome'],
      buckets: EDGE_BUCKETS_SECONDS,
    });
  }

  /** @param status missing when there was no answer */
  posted(status: number | undefined, durationMs: number): void {
    const outcome = status === undefined ? 'unreachable' : `${String(Math.trunc(status / 100))}xx`;
    this.requests.observe({ outcome }, durationMs / 1000);
  }

  count(reason: UndeliveredReason, outcome: 'sent' | 'skipped'): void {
    this.followUps.inc({ reason, outcome });
  }
}
