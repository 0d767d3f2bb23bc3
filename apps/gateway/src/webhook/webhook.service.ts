import { Inject, Injectable } from '@nestjs/common';
import { EventPublisher } from '@interject/messaging';
import { Attributes, childTraceparent, Log } from '@interject/observability';
import type { SpanAttributes } from '@interject/observability';
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
import { AdmissionControl } from '../admission/admission-control.service.js';
import { AnswerBudget } from '../admission/answer-budget.js';
import { BoundedPublisher } from '../admission/bounded-publisher.service.js';
import { ControlUrls } from '../calls/control-urls.service.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { ClientConnection } from '../grace/client-connection.js';
import { isDispensable } from './dispensable-speech.js';
import type { ToolAnswer } from './tool-answers.js';
import { ToolCallIntake } from './tool-call-intake.service.js';

/** What a webhook is answered. */
export type WebhookAnswer =
  | { readonly kind: 'results'; readonly results: readonly ToolAnswer[] }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'malformed'; readonly problem: string };

/** The request that a webhook came in. */
export interface WebhookRequest {
  /** Who waits for the answer. */
  readonly client: ClientConnection;
  /** The header of that name. */
  readonly traceparent?: string | string[] | undefined;
  /** Begins the span of a webhook with tool calls, and gives the header to send on; missing while tracing is off. */
  readonly beginSpan?: (attributes: SpanAttributes) => string | undefined;
  /** Called when all is stored and the answer may still take a while. */
  readonly onStored?: () => void;
}

/** Turns webhooks into events. What must not be lost is stored before the answer; speech events are passed on unconfirmed. */
@Injectable()
export class WebhookService {
  constructor(
    @Inject(ToolCallIntake) private readonly intake: ToolCallIntake,
    @Inject(ControlUrls) private readonly controlUrls: ControlUrls,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(BoundedPublisher) private readonly stored: BoundedPublisher,
    @Inject(AdmissionControl) private readonly admission: AdmissionControl,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /**
   * @param body the parsed body, whatever it is
   * @returns the event type for metrics, and the answer. That rejects with a MessagingError or an OverloadError when
   *   something could not be stored: the sender has to repeat the webhook
   */
  receive(body: unknown, request: WebhookRequest): { label: WebhookLabel; answer: Promise<WebhookAnswer> } {
    const webhook = normalizeWebhook(body, this.clock.now());
    return { label: webhookLabel(webhook), answer: this.handle(webhook, request) };
  }

  private async handle(webhook: NormalizedWebhook, request: WebhookRequest): Promise<WebhookAnswer> {
    const budget = new AnswerBudget(this.clock);
    switch (webhook.kind) {
      case 'tool-calls':
        return this.takeToolCalls(webhook, request, budget);
      case 'status':
        await Promise.all([
          this.publishStatus(webhook, childTraceparent(request.traceparent), budget),
          budget.spend(() => this.controlUrls.remember(webhook.callId, webhook.controlUrl)),
        ]);
        return { kind: 'acknowledged' };
      case 'ended':
        await this.publishEnd(webhook, childTraceparent(request.traceparent), budget);
        return { kind: 'acknowledged' };
      case 'floor':
        this.passOn(webhook, request);
        return { kind: 'acknowledged' };
      case 'call-seen':
        this.stored.assertOpen();
        await budget.spend(() => this.controlUrls.remember(webhook.callId, webhook.controlUrl));
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
    { client, traceparent, beginSpan, onStored }: WebhookRequest,
    budget: AnswerBudget,
  ): Promise<WebhookAnswer> {
    if (webhook.skipped > 0) this.metrics.skippedToolCalls.inc(webhook.skipped);
    this.stored.assertOpen();
    const trace = beginSpan?.(attributesOf(webhook)) ?? childTraceparent(traceparent);
    // First: without its control URL a result could not be said, and a fast worker would be ahead of it. Nearly always it
    // is known already, from the call's status.
    const { call, controlUrl } = webhook;
    if (call !== undefined && this.controlUrls.isNews(call.id, controlUrl)) {
      await budget.spend(() => this.controlUrls.remember(call.id, controlUrl));
    }
    const results = await this.intake.take(webhook, { traceparent: trace, client, budget, onStored });
    return { kind: 'results', results };
  }

  private async publishStatus(
    { callId, status, at, limits }: StatusWebhook,
    traceparent: string,
    budget: AnswerBudget,
  ): Promise<void> {
    const changed = { callId, status, at, ...(limits === undefined ? {} : { limits }) };
    await this.stored.publish(this.publisher.events.status(changed), traceparent, budget);
  }

  private async publishEnd(
    { callId, endedReason, at }: EndedWebhook,
    traceparent: string,
    budget: AnswerBudget,
  ): Promise<void> {
    this.controlUrls.ended(callId);
    const ended = this.publisher.events.ended({ callId, at, ...(endedReason === undefined ? {} : { endedReason }) });
    await this.stored.publish(ended, traceparent, budget);
  }

  private passOn(webhook: FloorWebhook, { traceparent }: WebhookRequest): void {
    const { callId, speaker, change, turn, evidence, at } = webhook;
    if (this.admission.shedsSpeech(isDispensable(webhook))) {
      this.metrics.floorEventsDropped.inc();
      return;
    }
    const floor = this.publisher.events.floor({
      callId,
      speaker,
      change,
      at,
      receivedAt: this.clock.now(),
      ...(turn === undefined ? {} : { turn }),
      ...(evidence === undefined ? {} : { evidence }),
    });
    const trace = childTraceparent(traceparent);
    if (!this.publisher.publishUnconfirmed(floor, { traceparent: trace })) this.metrics.floorEventsDropped.inc();
    this.rememberLater(callId, webhook.controlUrl);
  }

  /** Not waited for: many of these come, and another event will show the URL again. */
  private rememberLater(callId: string, controlUrl: string | undefined): void {
    if (!this.controlUrls.isNews(callId, controlUrl) || this.controlUrls.isBusy) return;
    this.controlUrls.remember(callId, controlUrl).catch((error: unknown) => {
      this.log.warn('control URL not stored', { callId, error });
    });
  }
}

function attributesOf({ call, toolCalls }: ToolCallsWebhook): SpanAttributes {
  const [only, ...others] = toolCalls;
  return {
    [Attributes.ToolCalls]: toolCalls.length,
    ...(call !== undefined && { [Attributes.CallId]: call.id }),
    ...(only !== undefined &&
      others.length === 0 && { [Attributes.Tool]: only.tool, [Attributes.ToolCallId]: only.toolCallId }),
  };
}
