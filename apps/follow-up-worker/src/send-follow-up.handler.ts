import type { UtteranceUndelivered } from '@interject/contracts';
import { CallEventHandler } from '@interject/worker-sdk';
import type { CallEventContext, CallEventListener } from '@interject/worker-sdk';
import { FollowUpMetrics } from './follow-up-metrics.js';
import { FollowUpConfig } from './follow-up.config.js';
import { followUpOf } from './follow-up.js';
import { WebhookClient } from './webhook/webhook.client.js';

/** Sends what could not be said in its call to the webhook, which may make an SMS, a mail or a call back of it. */
@CallEventHandler({ event: 'undelivered', timeoutMs: 10_000, retry: { attempts: 10, backoffMs: 1000 } })
export class SendFollowUp implements CallEventListener<'undelivered'> {
  constructor(
    private readonly config: FollowUpConfig,
    private readonly webhook: WebhookClient,
    private readonly metrics: FollowUpMetrics,
  ) {}

  async handle(event: UtteranceUndelivered, context: CallEventContext): Promise<void> {
    const { reason } = event;
    if (!this.config.reasons.includes(reason)) {
      context.log.debug('an undelivered utterance is not followed up', { reason });
      this.metrics.count(reason, 'skipped');
      return;
    }
    const body = JSON.stringify(followUpOf(event));
    const status = await this.webhook.send(body, context.idempotencyKey, context.signal);
    context.log.info('a follow-up was sent', { reason, status });
    this.metrics.count(reason, 'sent');
  }
}
