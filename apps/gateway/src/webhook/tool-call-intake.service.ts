import { Inject, Injectable } from '@nestjs/common';
import type { DuplicatePolicy, ToolCallRequested } from '@interject/contracts';
import { EventPublisher } from '@interject/messaging';
import { OTHER_LABEL } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { NormalizedToolCall, ToolCallsWebhook } from '@interject/vapi';
import { CallerToolAnswers } from '../caller-tools/caller-tools.service.js';
import { ClaimTurns } from '../duplicates/claim-turns.js';
import type { StandsInTheWay } from '../duplicates/duplicate-decision.js';
import { DuplicateGuard } from '../duplicates/duplicate-guard.service.js';
import { StoredToolCalls } from '../duplicates/stored-tool-calls.service.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import type { ClientConnection } from '../grace/client-connection.js';
import type { GraceWait } from '../grace/grace-wait.js';
import { GraceWindows } from '../grace/grace-windows.service.js';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { withTimeLimit } from '../time-limit.js';
import { refusedResult } from './refused-tool-call.js';
import { duplicateAnswer, errorAnswer, inlineToolAnswer, pendingAnswer } from './tool-answers.js';
import type { Disposition, ToolAnswer } from './tool-answers.js';
import { decideToolCall } from './tool-call-decision.js';
import type { CalledTool, FitToolCall, ToolCallDecision } from './tool-call-decision.js';

/** A webhook that cannot be taken is answered 503 within 2 s (DESIGN section 3). */
const LOOK_LIMIT_MS = 1500;

/** A tool call on its way: answered already, or as its wait for the result ends. */
interface Taken {
  readonly answer: ToolAnswer;
  readonly wait?: GraceWait;
}

/** What the tool calls of a webhook share. */
interface Intake {
  readonly traceparent: string;
  readonly client: ClientConnection;
  readonly longestGraceMs: number;
  readonly turns: ClaimTurns;
}

/** Takes tool calls in: each is stored before it is answered. */
@Injectable()
export class ToolCallIntake {
  constructor(
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(GraceWindows) private readonly grace: GraceWindows,
    @Inject(DuplicateGuard) private readonly duplicates: DuplicateGuard,
    @Inject(StoredToolCalls) private readonly storedToolCalls: StoredToolCalls,
    @Inject(CallerToolAnswers) private readonly callerTools: CallerToolAnswers,
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
      decision: decideToolCall(webhook.call?.id, toolCall, this.called(toolCall.tool), now),
    }));
    const longestGraceMs = Math.max(0, ...decisions.map(({ decision }) => graceOf(decision)));
    const intake = { traceparent, client, longestGraceMs, turns: new ClaimTurns() };
    // All publishes in flight together; all settled before one failure is reported, so that none goes on unobserved.
    const settled = await Promise.allSettled(
      decisions.map(async ({ toolCall, decision }): Promise<Taken> => {
        if (!this.callerTools.isFor(toolCall.tool)) return this.takeOne(webhook.call?.id, toolCall, decision, intake);
        return { answer: await this.callerTools.answer(webhook.call?.id, toolCall, traceparent) };
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

  private async takeOne(
    callId: string | undefined,
    toolCall: NormalizedToolCall,
    decision: ToolCallDecision,
    intake: Intake,
  ): Promise<Taken> {
    if (decision.kind === 'store') return this.store(decision, intake);
    if (decision.kind === 'no-worker' && (await this.isRepeat(decision))) return this.store(decision, intake);
    const { disposition, problem } = decision;
    await this.tellCaller(callId, toolCall, disposition, intake);
    this.count(toolCall.tool, disposition);
    return { answer: errorAnswer(toolCall.tool, toolCall.toolCallId, problem) };
  }

  /** The answer to an async tool reaches nobody. */
  private async tellCaller(
    callId: string | undefined,
    toolCall: NormalizedToolCall,
    disposition: Disposition,
    { traceparent }: Intake,
  ): Promise<void> {
    const definition = this.registry.find(toolCall.tool)?.definition;
    const result = refusedResult(callId, toolCall, disposition, definition, this.clock.now());
    if (result === undefined) return;
    try {
      await this.publisher.publish(this.publisher.events.result(result), { traceparent });
    } catch (error) {
      this.count(toolCall.tool, 'unavailable');
      throw error;
    }
  }

  private async store({ event, tool }: FitToolCall, intake: Intake): Promise<Taken> {
    const { graceMs } = event;
    let wait: GraceWait | undefined;
    try {
      if (tool.duplicates !== undefined) {
        const earlier = await this.obstacle({ event, tool }, tool.duplicates, intake.turns);
        if (earlier !== undefined) {
          this.count(event.tool, 'duplicate');
          return { answer: duplicateAnswer(event.tool, event.toolCallId, earlier) };
        }
      }
      if (graceMs > 0) wait = this.grace.open({ event, tool, graceMs, client: intake.client });
      const stored = this.publisher.events.toolCall(withGrace(event, intake.longestGraceMs));
      const { repeated } = await this.publisher.publish(stored, { traceparent: intake.traceparent });
      wait?.stored(repeated);
      this.count(event.tool, repeated ? 'repeated' : 'accepted');
      return { answer: pendingAnswer(event.tool, event.toolCallId), ...(wait === undefined ? {} : { wait }) };
    } catch (error) {
      wait?.withdraw();
      this.count(event.tool, 'unavailable');
      throw error;
    }
  }

  private async obstacle(
    toolCall: FitToolCall,
    policy: DuplicatePolicy,
    turns: ClaimTurns,
  ): Promise<StandsInTheWay | undefined> {
    const guarded = { ...toolCall, policy };
    return turns.take(this.duplicates.keyOf(guarded), async () => this.duplicates.claim(guarded));
  }

  /** Its worker may have died since it was taken; the answer is the same nevertheless. */
  private async isRepeat({ event }: FitToolCall): Promise<boolean> {
    try {
      return await withTimeLimit(this.clock, this.storedToolCalls.isStored(event), LOOK_LIMIT_MS);
    } catch (error) {
      this.count(event.tool, 'unavailable');
      throw error;
    }
  }

  private called(name: string): CalledTool | undefined {
    const tool = this.registry.find(name);
    return tool === undefined ? undefined : { ...tool, hasWorker: this.registry.hasWorker(name) };
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
