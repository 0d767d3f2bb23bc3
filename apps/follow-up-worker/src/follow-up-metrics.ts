import { Injectable } from '@nestjs/common';
import { Metrics } from '@interject/observability';
import type { Counter } from '@interject/observability';
import type { UndeliveredReason } from '@interject/contracts';

/** Follow-ups by the reason they were needed for. */
@Injectable()
export class FollowUpMetrics {
  private readonly followUps: Counter<'reason' | 'outcome'>;

  constructor(metrics: Metrics) {
    this.followUps = metrics.counter({
      name: 'interject_follow_ups_total',
      help: 'Undelivered utterances that were sent to the webhook, or skipped because of FOLLOW_UP_REASONS.',
      labels: ['reason', 'outcome'],
    });
  }

  count(reason: UndeliveredReason, outcome: 'sent' | 'skipped'): void {
    this.followUps.inc({ reason, outcome });
  }
}
