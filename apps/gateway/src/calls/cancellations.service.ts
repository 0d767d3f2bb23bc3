import { Inject, Injectable } from '@nestjs/common';
import { MAX_ID_LENGTH } from '@interject/contracts';
import type { ToolCallOutcome } from '@interject/contracts';
import { EventPublisher } from '@interject/messaging';
import { Clock } from '@interject/runtime';
import { CallQuery } from './call-query.service.js';
import { knownToolCalls } from './known-tool-calls.js';
import { TaskMetrics } from './task-metrics.js';

/** Longest reason that the event takes. */
export const MAX_CANCEL_REASON = 200;

/** What became of a request to cancel; a metric label. */
export const CancelOutcomes = [
  'accepted',
  'repeated',
  'finished',
  'unknown-call',
  'unknown-tool-call',
  'invalid',
  'unavailable',
] as const;
export type CancelOutcome = (typeof CancelOutcomes)[number];

export type CancelAnswer =
  | { readonly outcome: 'accepted' | 'repeated'; readonly tool: string }
  | { readonly outcome: 'finished'; readonly tool: string; readonly state: ToolCallOutcome }
  | { readonly outcome: 'unknown-call' | 'unknown-tool-call' };

/** Tells workers to stop. A tool call whose result is there stays as it is: what was done is announced all the same. */
@Injectable()
export class Cancellations {
  constructor(
    @Inject(CallQuery) private readonly calls: CallQuery,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(TaskMetrics) private readonly metrics: TaskMetrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Publishes the wish, once for each tool call.
   *
   * @param reason for those who look into the events, 1 to 200 characters
   * @returns false when the tool call was cancelled before
   * @throws MessagingError when it could not be stored
   */
  async request(callId: string, toolCallId: string, reason: string, traceparent: string): Promise<boolean> {
    const event = this.publisher.events.cancelRequested({ callId, toolCallId, reason, at: this.clock.now() });
    const { repeated } = await this.publisher.publish(event, { traceparent });
    return !repeated;
  }

  /**
   * Cancels on behalf of a backend service, if the tool call is pending.
   *
   * @throws MessagingError when nobody owns the call at the moment, or the wish could not be stored
   */
  async cancel(callId: string, toolCallId: string, reason: string, traceparent: string): Promise<CancelAnswer> {
    try {
      const answer = await this.cancelPending(callId, toolCallId, reason, traceparent);
      this.count(answer.outcome);
      return answer;
    } catch (error) {
      this.count('unavailable');
      throw error;
    }
  }

  count(outcome: CancelOutcome): void {
    this.metrics.cancellations.inc({ outcome });
  }

  private async cancelPending(
    callId: string,
    toolCallId: string,
    reason: string,
    traceparent: string,
  ): Promise<CancelAnswer> {
    const state = callId.length > MAX_ID_LENGTH ? undefined : await this.calls.find(callId);
    if (state === undefined) return { outcome: 'unknown-call' };
    const toolCall = knownToolCalls(state).find((each) => each.toolCallId === toolCallId);
    if (toolCall === undefined) return { outcome: 'unknown-tool-call' };
    const { tool } = toolCall;
    if (toolCall.state !== 'pending') return { outcome: 'finished', tool, state: toolCall.state };
    const isNew = await this.request(callId, toolCallId, reason, traceparent);
    return { outcome: isNew ? 'accepted' : 'repeated', tool };
  }
}
