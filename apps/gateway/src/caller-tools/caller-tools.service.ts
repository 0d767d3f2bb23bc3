import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CallerTools, isCallerTool, toolCallKey } from '@interject/contracts';
import type { CancelClaim } from '@interject/contracts';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import type { NormalizedToolCall } from '@interject/vapi';
import { CallQuery } from '../calls/call-query.service.js';
import { Cancellations } from '../calls/cancellations.service.js';
import { knownToolCalls } from '../calls/known-tool-calls.js';
import { TaskMetrics } from '../calls/task-metrics.js';
import { ToolRegistry } from '../registry/tool-registry.service.js';
import { withTimeLimit } from '../time-limit.js';
import { errorAnswer } from '../webhook/tool-answers.js';
import type { ToolAnswer } from '../webhook/tool-answers.js';
import { CancelClaims } from './cancel-claims.service.js';
import { matchTasks } from './match-tasks.js';
import { listAnswer, refusalAnswer, stoppedAnswer } from './task-wording.js';
import type { TaskAnswer } from './task-wording.js';
import { tasksOfCall } from './tasks-of-call.js';
import type { Task } from './task.types.js';

/** What became of a tool call that the gateway answers itself; a metric label. */
export const CallerToolOutcomes = [
  'listed',
  'told-to-stop',
  /** A repeat of one that was answered before. */
  'repeated',
  'over',
  'nothing',
  'ambiguous',
  'unknown',
  'invalid-arguments',
  'no-live-call',
  'unavailable',
] as const;
export type CallerToolOutcome = (typeof CallerToolOutcomes)[number];

interface Answered {
  readonly outcome: CallerToolOutcome;
  readonly answer: TaskAnswer;
}

/** Somebody waits on the phone: the owner answers within 500 ms, or there is none; then the store is asked. */
const LOOK_LIMIT_MS = 1500;
/** Vapi repeats a webhook within seconds. */
const REMEMBERED_MS = 60_000;
const REMEMBERED_ANSWERS = 1000;
/** For those who look into the events. */
const REASON = 'The caller asked for it.';

/** Answers the tools by which a caller asks what is running, and stops it. What is said in answers is private. */
@Injectable()
export class CallerToolAnswers {
  /** Of `cancel_task`: what this gateway has answered needs no look at the ledger, which may be full. */
  private readonly answers = new LRUCache<string, TaskAnswer>({ max: REMEMBERED_ANSWERS, ttl: REMEMBERED_MS });
  private readonly warned = new Set<string>();

  constructor(
    @Inject(CallQuery) private readonly calls: CallQuery,
    @Inject(Cancellations) private readonly cancellations: Cancellations,
    @Inject(CancelClaims) private readonly claims: CancelClaims,
    @Inject(ToolRegistry) private readonly registry: ToolRegistry,
    @Inject(TaskMetrics) private readonly metrics: TaskMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** True for a tool that no worker runs: {@link answer} it. */
  isFor(tool: string): boolean {
    return isCallerTool(tool);
  }

  /**
   * Answers from the state of the call; never rejects. A tool that is async in Vapi is answered too, though the model
   * will not read it (VAPI.md 2.5).
   *
   * @param callId nothing in a chat
   */
  async answer(callId: string | undefined, toolCall: NormalizedToolCall, traceparent: string): Promise<ToolAnswer> {
    const { tool, toolCallId, mode } = toolCall;
    if (mode === 'async') this.warnOnce(tool);
    const { outcome, answer } = await this.tryToAnswer(callId, toolCall, traceparent);
    this.metrics.callerTools.inc({ tool, mode, outcome });
    return toolAnswer({ tool, toolCallId }, answer);
  }

  private async tryToAnswer(
    callId: string | undefined,
    toolCall: NormalizedToolCall,
    traceparent: string,
  ): Promise<Answered> {
    if (callId === undefined) {
      return failed('no-live-call', 'There is no live call here, so no task can run for it.');
    }
    try {
      if (toolCall.tool === CallerTools.ListRunningTasks.name) {
        return { outcome: 'listed', answer: listAnswer(await this.tasksOf(callId)) };
      }
      return await this.cancel(callId, toolCall, traceparent);
    } catch (error) {
      this.log.warn('a question about the tasks of a call could not be answered', {
        callId,
        tool: toolCall.tool,
        error,
      });
      return failed(
        'unavailable',
        'This cannot be done at the moment. Wait for a few seconds, then use this tool again.',
      );
    }
  }

  /** What was decided of a wish first holds for all its repeats, at whatever gateway they come in. */
  private async cancel(callId: string, toolCall: NormalizedToolCall, traceparent: string): Promise<Answered> {
    const wish = wishOf(toolCall);
    if (wish === undefined) {
      return failed('invalid-arguments', 'task must be the number or the name of a task, "all", or "".');
    }
    const key = toolCallKey(callId, toolCall.toolCallId);
    const known = this.answers.get(key);
    if (known !== undefined) return { outcome: 'repeated', answer: known };
    const earlier = await this.claims.find(key);
    if (earlier !== undefined) return this.repeat(key, callId, earlier, traceparent);
    const tasks = await this.tasksOf(callId);
    const match = matchTasks(wish, tasks);
    const isRunning = match.kind === 'running';
    const answer = isRunning ? stoppedAnswer(match.tasks) : refusalAnswer(match, tasks);
    const toolCallIds = isRunning ? match.tasks.map(({ toolCallId }) => toolCallId) : [];
    const first = await this.claims.make(key, { toolCallIds, ...answer });
    if (first !== undefined) return this.repeat(key, callId, first, traceparent);
    await this.stop(callId, toolCallIds, traceparent);
    this.answers.set(key, answer);
    return { outcome: isRunning ? 'told-to-stop' : match.kind, answer };
  }

  /** Stops what is left of the chosen ones: the gateway that chose them may have died over it. */
  private async repeat(key: string, callId: string, claim: CancelClaim, traceparent: string): Promise<Answered> {
    const { toolCallIds, as, text } = claim;
    await this.stop(callId, toolCallIds, traceparent);
    const answer = { as, text };
    this.answers.set(key, answer);
    return { outcome: 'repeated', answer };
  }

  /** Each is told once, however often this is asked for. */
  private async stop(callId: string, toolCallIds: readonly string[], traceparent: string): Promise<void> {
    const stopping = toolCallIds.map((id) => this.cancellations.request(callId, id, REASON, traceparent));
    // All settled before one failure is reported, so that none goes on unobserved. A repeat stops those that are left.
    const settled = await Promise.allSettled(stopping);
    const failure = settled.find((each) => each.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  private async tasksOf(callId: string): Promise<readonly Task[]> {
    const asking = this.calls.find(callId, { withProgress: true });
    const state = await withTimeLimit(this.clock, asking, LOOK_LIMIT_MS);
    if (state === undefined) return [];
    const titleOf = (tool: string): string | undefined => this.registry.find(tool)?.definition.title;
    return tasksOfCall(knownToolCalls(state), titleOf, this.clock.now());
  }

  private warnOnce(tool: string): void {
    if (this.warned.has(tool)) return;
    this.warned.add(tool);
    this.log.warn('a tool that the gateway answers itself is async in Vapi, its answers are lost: make it sync', {
      tool,
    });
  }
}

/** @returns undefined when it cannot be understood */
function wishOf({ arguments: args }: NormalizedToolCall): string | undefined {
  if (!args.ok) return undefined;
  const { task } = args.value;
  if (task === undefined || task === null) return '';
  if (typeof task === 'number') return String(task);
  return typeof task === 'string' ? task : undefined;
}

function failed(outcome: CallerToolOutcome, text: string): Answered {
  return { outcome, answer: { as: 'error', text } };
}

function toolAnswer(
  { tool, toolCallId }: Pick<NormalizedToolCall, 'tool' | 'toolCallId'>,
  answer: TaskAnswer,
): ToolAnswer {
  return answer.as === 'error'
    ? errorAnswer(tool, toolCallId, answer.text)
    : { name: tool, toolCallId, result: answer.text };
}
