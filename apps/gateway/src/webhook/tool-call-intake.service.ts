import { Inject, Injectable } from '@nestjs/common';
import type { DuplicatePolicy, ToolCallRequested } from '@interject/contracts';
import { OTHER_LABEL } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { NormalizedToolCall, ToolCallsWebhook } from '@interject/vapi';
import { AdmissionMetrics } from '../admission/admission-metrics.js';
import type { AnswerBudget } from '../admission/answer-budget.js';
import { BoundedPublisher } from '../admission/bounded-publisher.service.js';
import { OverloadError } from '../admission/overload.errors.js';
import { StoreWatch } from '../admission/store-watch.service.js';
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
import { refusedResult } from './refused-tool-call.js';
import { duplicateAnswer, errorAnswer, inlineToolAnswer, pendingAnswer } from './tool-answers.js';
import type { Disposition, ToolAnswer } from './tool-answers.js';
import { decideToolCall } from './tool-call-decision.js';
import type { CalledTool, FitToolCall, ToolCallDecision } from './tool-call-decision.js';

/** A tool call on its way: answered already, or as its wait for the result ends. */
interface Taken {
  readonly answer: ToolAnswer;
  readonly wait?: GraceWait;
}

/** What the tool calls of a webhook share. */
export interface IntakeContext {
  readonly traceparent: string;
  /** Who waits for the answer: results of sync tools may be part of it. */
  readonly client: ClientConnection;
  /** For all steps until the tool calls are stored. */
  readonly budget: AnswerBudget;
  /** Called when they are; results may be waited for after that. */
  readonly onStored?: (() => void) | undefined;
}

interface Intake extends IntakeContext {
  readonly longestGraceMs: number;
  readonly turns: ClaimTurns;
}

/** Takes tool calls in: each is stored before it is answered. */
@Injectable()
export class ToolCallIntake {
  constructor(
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(BoundedPublisher) private readonly publisher: BoundedPublisher,
    @Inject(StoreWatch) private readonly stores: StoreWatch,
    @Inject(GraceWindows) private readonly grace: GraceWindows,
    @Inject(DuplicateGuard) private readonly duplicates: DuplicateGuard,
    @Inject(StoredToolCalls) private readonly storedToolCalls: StoredToolCalls,
    @Inject(CallerToolAnswers) private readonly callerTools: CallerToolAnswers,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(AdmissionMetrics) private readonly admission: AdmissionMetrics,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @returns an answer per tool call, in request order. It has to be written at once: results in it are claimed for it
   * @throws MessagingError or OverloadError when one could not be stored: the whole webhook has to come again, what was
   *   stored is recognised then
   */
  async take(webhook: ToolCallsWebhook, context: IntakeContext): Promise<ToolAnswer[]> {
    const now = this.clock.now();
    const decisions = webhook.toolCalls.map((toolCall) => ({
      toolCall,
      decision: decideToolCall(webhook.call?.id, toolCall, this.called(toolCall.tool), now),
    }));
    this.refuseWithoutRoom(decisions.map(({ decision }) => decision));
    const longestGraceMs = Math.max(0, ...decisions.map(({ decision }) => graceOf(decision)));
    const intake = { ...context, longestGraceMs, turns: new ClaimTurns() };
    // All publishes in flight together; all settled before one failure is reported, so that none goes on unobserved.
    const settled = await Promise.allSettled(
      decisions.map(async ({ toolCall, decision }): Promise<Taken> => {
        if (!this.callerTools.isFor(toolCall.tool)) return this.takeOne(webhook.call?.id, toolCall, decision, intake);
        return { answer: await this.callerTools.answer(webhook.call?.id, toolCall, context.traceparent) };
      }),
    );
    const taken = settled.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) {
      for (const { wait } of taken) wait?.withdraw();
      throw failed.reason;
    }
    context.onStored?.();
    return answersOf(taken);
  }

  /** Nothing of the webhook is stored then, so that its repeat finds all as it was. */
  private refuseWithoutRoom(decisions: readonly ToolCallDecision[]): void {
    if (this.stores.hasRoom) return;
    const wanted = decisions.filter((decision) => decision.kind === 'store');
    if (wanted.length === 0) return;
    for (const { event } of wanted) this.count(event.tool, 'unavailable');
    this.admission.shed.inc({ what: 'webhook', reason: 'store-full' });
    throw new OverloadError('store-full');
  }

  private async takeOne(
    callId: string | undefined,
    toolCall: NormalizedToolCall,
    decision: ToolCallDecision,
    intake: Intake,
  ): Promise<Taken> {
    if (decision.kind === 'store') return this.store(decision, intake);
    if (decision.kind === 'no-worker' && (await this.isRepeat(decision, intake.budget)))
      return this.store(decision, intake);
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
    { traceparent, budget }: Intake,
  ): Promise<void> {
    const definition = this.registry.find(toolCall.tool)?.definition;
    const result = refusedResult(callId, toolCall, disposition, definition, this.clock.now());
    if (result === undefined) return;
    try {
      await this.publisher.publish(this.publisher.events.result(result), traceparent, budget);
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
        const earlier = await this.obstacle({ event, tool }, tool.duplicates, intake);
        if (earlier !== undefined) {
          this.count(event.tool, 'duplicate');
          return { answer: duplicateAnswer(event.tool, event.toolCallId, earlier) };
        }
      }
      if (graceMs > 0) wait = this.grace.open({ event, tool, graceMs, client: intake.client });
      const stored = this.publisher.events.toolCall(withGrace(event, intake.longestGraceMs));
      // Not after the time is over: a claim that was made before a suspension may have been taken over since.
      const { repeated } = await this.publisher.publish(stored, intake.traceparent, intake.budget);
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
    { turns, budget }: Intake,
  ): Promise<StandsInTheWay | undefined> {
    const guarded = { ...toolCall, policy };
    return turns.take(this.duplicates.keyOf(guarded), async () => this.duplicates.claim(guarded, budget));
  }

  /** Its worker may have died since it was taken; the answer is the same nevertheless. */
  private async isRepeat({ event }: FitToolCall, budget: AnswerBudget): Promise<boolean> {
    try {
      return await budget.spend(() => this.storedToolCalls.isStored(event));
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
