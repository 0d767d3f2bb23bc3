import { Inject, Injectable } from '@nestjs/common';
import type { ToolCallRequested } from '@interject/contracts';
import { EventPublisher } from '@interject/messaging';
import { OTHER_LABEL } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { ToolCallsWebhook } from '@interject/vapi';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { ClientConnection } from '../grace/client-connection.js';
import type { GraceWait } from '../grace/grace-wait.js';
import { GraceWindows } from '../grace/grace-windows.service.js';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { errorAnswer, inlineToolAnswer, pendingAnswer } from './tool-answers.js';
import type { Disposition, ToolAnswer } from './tool-answers.js';
import { decideToolCall } from './tool-call-decision.js';
import type { ToolCallDecision } from './tool-call-decision.js';

/** A tool call on its way: answered already, or as its wait for the result ends. */
interface Taken {
  readonly answer: ToolAnswer;
  readonly wait?: GraceWait;
}

/** Takes tool calls in: each is stored before it is answered. */
@Injectable()
export class ToolCallIntake {
  constructor(
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(GraceWindows) private readonly grace: GraceWindows,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param client who waits for the answer: results of sync tools may be part of it
   * @returns an answer per tool call, in request order. It has to be written at once: results in it are claimed for it
   * @throws MessagingError when one could not be stored: the whole webhook has to come again, what was stored is
   *   recognised then
   */
  async take(webhook: ToolCallsWebhook, traceparent: string, client: ClientConnection): Promise<ToolAnswer[]> {
    const now = this.clock.now();
    const decisions = webhook.toolCalls.map((toolCall) => ({
      toolCall,
      decision: decideToolCall(webhook.call?.id, toolCall, this.registry.find(toolCall.tool), now),
    }));
    const longestGraceMs = Math.max(0, ...decisions.map(({ decision }) => graceOf(decision)));
    // All publishes in flight together; all settled before one failure is reported, so that none goes on unobserved.
    const settled = await Promise.allSettled(
      decisions.map(async ({ toolCall: { tool, toolCallId }, decision }): Promise<Taken> => {
        if (decision.kind === 'store') return this.store(decision, longestGraceMs, traceparent, client);
        this.count(tool, decision.disposition);
        return { answer: errorAnswer(tool, toolCallId, decision.problem) };
      }),
    );
    const taken = settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      for (const { wait } of taken) wait?.withdraw();
      throw failed.reason;
    }
    return answersOf(taken);
  }

  private async store(
    { event, tool }: Extract<ToolCallDecision, { kind: 'store' }>,
    longestGraceMs: number,
    traceparent: string,
    client: ClientConnection,
  ): Promise<Taken> {
    const { graceMs } = event;
    let wait: GraceWait | undefined;
    try {
      if (graceMs > 0) wait = this.grace.open({ event, tool, graceMs, client });
      const stored = this.publisher.events.toolCall(withGrace(event, longestGraceMs));
      const { repeated } = await this.publisher.publish(stored, { traceparent });
      wait?.stored(repeated);
      this.count(event.tool, repeated ? 'repeated' : 'accepted');
      return { answer: pendingAnswer(event.tool, event.toolCallId), ...(wait === undefined ? {} : { wait }) };
    } catch (error) {
      wait?.withdraw();
      this.count(event.tool, 'unavailable');
      throw error;
    }
  }

  private count(tool: string, disposition: Disposition): void {
    // A foreign name would make a time series each.
    const label = this.registry.find(tool) === undefined ? OTHER_LABEL : tool;
    this.metrics.toolCalls.inc({ tool: label, disposition });
  }
}

function graceOf(decision: ToolCallDecision): number {
  return decision.kind === 'store' ? decision.event.graceMs : 0;
}

/**
 * All tool calls of a webhook are answered in one response, so a result that is there early may have to wait for another
 * tool's. The notifier must leave it alone as long.
 */
function withGrace(event: ToolCallRequested, longestGraceMs: number): ToolCallRequested {
  return event.graceMs === 0 ? event : { ...event, graceMs: longestGraceMs };
}

/** Results are claimed when all is decided, and not before: a claim holds for 2 s, another tool's wait for longer. */
async function answersOf(taken: readonly Taken[]): Promise<ToolAnswer[]> {
  await Promise.all(taken.flatMap(({ wait }) => (wait === undefined ? [] : [wait.ready])));
  for (const { wait } of taken) wait?.settle();
  return Promise.all(
    taken.map(async ({ answer, wait }) => {
      const inline = await wait?.answer;
      return inline === undefined ? answer : inlineToolAnswer(answer.name, answer.toolCallId, inline);
    }),
  );
}
