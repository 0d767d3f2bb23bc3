import { Inject, Injectable } from '@nestjs/common';
import { EventPublisher } from '@interject/messaging';
import { childTraceparent, Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { normalizeWebhook, webhookLabel } from '@interject/vapi';
import type {
  EndedWebhook,
  FloorWebhook,
  NormalizedWebhook,
  StatusWebhook,
  ToolCallsWebhook,
  WebhookLabel,
} from '@interject/vapi';
import { ControlUrls } from '../calls/control-urls.service.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { ClientConnection } from '../grace/client-connection.js';
import type { ToolAnswer } from './tool-answers.js';
import { ToolCallIntake } from './tool-call-intake.service.js';

/** What a webhook is answered. */
export type WebhookAnswer =
  | { readonly kind: 'results'; readonly results: readonly ToolAnswer[] }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Turns webhooks into events. What must not be lost is stored before the answer; speech events are passed on unconfirmed. */
@Injectable()
export class WebhookService {
  constructor(
    @Inject(ToolCallIntake) private readonly intake: ToolCallIntake,
    @Inject(ControlUrls) private readonly controlUrls: ControlUrls,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /**
   * @param body the parsed body, whatever it is
   * @param client who waits for the answer
   * @param traceparent of the request, if it had one
   * @returns the event type for metrics, and the answer. That rejects with a MessagingError when something could not be
   *   stored: the sender has to repeat the webhook
   */
  receive(
    body: unknown,
    client: ClientConnection,
    traceparent?: string,
  ): { label: WebhookLabel; answer: Promise<WebhookAnswer> } {
    const webhook = normalizeWebhook(body, this.clock.now());
    const trace = childTraceparent(traceparent);
    return { label: webhookLabel(webhook), answer: this.handle(webhook, client, trace) };
  }

  private async handle(
    webhook: NormalizedWebhook,
    client: ClientConnection,
    traceparent: string,
  ): Promise<WebhookAnswer> {
    switch (webhook.kind) {
      case 'tool-calls':
        return this.takeToolCalls(webhook, client, traceparent);
      case 'status':
        await Promise.all([
          this.publishStatus(webhook, traceparent),
          this.controlUrls.remember(webhook.callId, webhook.controlUrl),
        ]);
        return { kind: 'acknowledged' };
      case 'ended':
        await this.publishEnd(webhook, traceparent);
        return { kind: 'acknowledged' };
      case 'floor':
        this.passOn(webhook, traceparent);
        return { kind: 'acknowledged' };
      case 'call-seen':
        await this.controlUrls.remember(webhook.callId, webhook.controlUrl);
        return { kind: 'acknowledged' };
      case 'ignored':
        return { kind: 'acknowledged' };
      case 'unknown':
        this.log.debug('webhook of an unknown type', { webhookType: webhook.type });
        return { kind: 'acknowledged' };
      case 'malformed':
        this.metrics.malformedWebhooks.inc({ problem: webhook.problem });
        // With a type it is Vapi's, and a repeat would be no better: acknowledged. The rest comes from somebody else.
        return webhook.type === undefined ? { kind: 'malformed', problem: webhook.problem } : { kind: 'acknowledged' };
    }
  }

  private async takeToolCalls(
    webhook: ToolCallsWebhook,
    client: ClientConnection,
    traceparent: string,
  ): Promise<WebhookAnswer> {
    if (webhook.skipped > 0) this.metrics.skippedToolCalls.inc(webhook.skipped);
    // First: without its control URL a result could not be said, and a fast worker would be ahead of it. Nearly always it
    // is known already, from the call's status.
    if (webhook.call !== undefined) await this.controlUrls.remember(webhook.call.id, webhook.controlUrl);
    const results = await this.intake.take(webhook, traceparent, client);
    return { kind: 'results', results };
  }

  private async publishStatus({ callId, status, at, limits }: StatusWebhook, traceparent: string): Promise<void> {
    const changed = { callId, status, at, ...(limits === undefined ? {} : { limits }) };
    await this.publisher.publish(this.publisher.events.status(changed), { traceparent });
  }

  private async publishEnd({ callId, endedReason, at }: EndedWebhook, traceparent: string): Promise<void> {
    this.controlUrls.ended(callId);
    const ended = this.publisher.events.ended({ callId, at, ...(endedReason === undefined ? {} : { endedReason }) });
    await this.publisher.publish(ended, { traceparent });
  }

  private passOn(webhook: FloorWebhook, traceparent: string): void {
    const { callId, speaker, change, turn, evidence, at } = webhook;
    const floor = this.publisher.events.floor({
      callId,
      speaker,
      change,
      at,
      receivedAt: this.clock.now(),
      ...(turn === undefined ? {} : { turn }),
      ...(evidence === undefined ? {} : { evidence }),
    });
    if (!this.publisher.publishUnconfirmed(floor, { traceparent })) this.metrics.floorEventsDropped.inc();
    // Not waited for: many of these come, and another event will show the URL again.
    this.controlUrls.remember(callId, webhook.controlUrl).catch((error: unknown) => {
      this.log.warn('control URL not stored', { callId, error });
    });
  }
}
