import { Inject, Injectable } from '@nestjs/common';
import { EventPublisher } from '@interject/messaging';
import { OTHER_LABEL } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { NormalizedToolCall, ToolCallsWebhook } from '@interject/vapi';
import { GatewayMetrics } from '../gateway-metrics.js';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { errorAnswer, pendingAnswer } from './tool-answers.js';
import type { Disposition, ToolAnswer } from './tool-answers.js';
import { decideToolCall } from './tool-call-decision.js';

/** Takes tool calls in: each is stored before it is answered. */
@Injectable()
export class ToolCallIntake {
  constructor(
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @returns an answer per tool call, in request order
   * @throws MessagingError when one could not be stored: the whole webhook has to come again, what was stored is
   *   recognised then
   */
  async take(webhook: ToolCallsWebhook, traceparent: string): Promise<ToolAnswer[]> {
    // All publishes in flight together; all settled before one failure is reported, so that none goes on unobserved.
    const taken = await Promise.allSettled(
      webhook.toolCalls.map((toolCall) => this.takeOne(webhook.call?.id, toolCall, traceparent)),
    );
    return taken.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }

  private async takeOne(
    callId: string | undefined,
    toolCall: NormalizedToolCall,
    traceparent: string,
  ): Promise<ToolAnswer> {
    const { tool: name, toolCallId } = toolCall;
    const decision = decideToolCall(callId, toolCall, this.registry.find(name), this.clock.now());
    if (decision.kind === 'refuse') {
      this.count(name, decision.disposition);
      return errorAnswer(name, toolCallId, decision.problem);
    }
    try {
      const { repeated } = await this.publisher.publish(this.publisher.events.toolCall(decision.event), {
        traceparent,
      });
      this.count(name, repeated ? 'repeated' : 'accepted');
      return pendingAnswer(name, toolCallId);
    } catch (error) {
      this.count(name, 'unavailable');
      throw error;
    }
  }

  private count(tool: string, disposition: Disposition): void {
    // A foreign name would make a time series each.
    const label = this.registry.find(tool) === undefined ? OTHER_LABEL : tool;
    this.metrics.toolCalls.inc({ tool: label, disposition });
  }
}
