import type { Clock } from '../clock/clock.types.js';
import type { JsonObject } from '../scenario/json.types.js';
import type { ScenarioTool, StepAction, ToolCallPlan } from '../scenario/scenario.types.js';
import type { CallLog } from '../transcript/call-log.js';
import { envelope, type EnvelopeSource } from '../webhooks/envelope.js';
import type { ReplyEntry } from '../webhooks/reply.js';
import { newToolCallId } from '../webhooks/tool-call-ids.js';
import { functionCallFields, toolCallsFields, type OutgoingToolCall } from '../webhooks/tool-calls-message.js';
import type { WebhookSender } from '../webhooks/webhook-sender.js';

/** A `toolCalls` step. */
export type ToolCallsAction = Extract<StepAction, { kind: 'tool-calls' }>;

/** What a `toolCalls` step sent. */
export interface SentToolCalls {
  readonly calls: readonly OutgoingToolCall[];
  /** The answers of the first delivery. */
  readonly entries: Promise<readonly ReplyEntry[]>;
}

/** Everything Vapi tells the gateway about one call. */
export class CallWebhooks {
  constructor(
    private readonly source: EnvelopeSource,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
    private readonly log: CallLog,
  ) {}

  /** Sends an event if the scenario's `serverMessages` list it; `delayMs` is how late it leaves. */
  event(type: string, fields: JsonObject = {}, delayMs = 0): void {
    if (this.source.scenario.serverMessages.includes(type)) this.send({ type, fields, delayMs });
  }

  /** Sends any message, whatever `serverMessages` say. */
  custom({ type, ...fields }: JsonObject): void {
    this.send({ type: typeof type === 'string' ? type : '', fields, delayMs: 0 });
  }

  /** Sends a body as it is. */
  raw(body: string): void {
    this.sender.send({ type: 'raw', message: {}, calls: [], deliver: 1, delayMs: 0, rawBody: body });
  }

  /** Sends tool calls in one webhook; they go to the tool's server whatever `serverMessages` say (VAPI.md 4). */
  toolCalls(action: ToolCallsAction): SentToolCalls {
    const calls = action.calls.map((plan) => this.outgoing(plan, action));
    const names = calls.map((call) => ({ id: call.id, tool: call.tool.name }));
    this.source.conversation.add('tool_calls', '', this.clock.nowMs(), 0, {
      toolCalls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.tool.name, arguments: JSON.stringify(call.arguments) },
      })),
    });
    const entries = action.shape.legacyFunctionCall
      ? this.legacyCalls(calls, action)
      : this.sendCalls('tool-calls', toolCallsFields(calls, action.shape, this.source.server), calls, names, action);
    return { calls, entries };
  }

  /** Settles when every webhook has been answered or given up. */
  settled(): Promise<void> {
    return this.sender.settled();
  }

  private async legacyCalls(
    calls: readonly OutgoingToolCall[],
    action: ToolCallsAction,
  ): Promise<readonly ReplyEntry[]> {
    const sent = calls.map((call) => this.sendCalls('function-call', functionCallFields(call), [call], [], action));
    return (await Promise.all(sent)).flat();
  }

  private sendCalls(
    type: string,
    fields: JsonObject,
    calls: readonly OutgoingToolCall[],
    names: readonly { readonly id: string; readonly tool: string }[],
    action: ToolCallsAction,
  ): Promise<readonly ReplyEntry[]> {
    const timestampMs = this.clock.epochMs();
    const message = envelope(this.source, { type, fields, timestampMs, shape: action.shape });
    const sent = this.sender.send({ type, message, calls: names, deliver: action.deliver, delayMs: 0 });
    for (const delivery of sent.deliveries) {
      this.log.record({
        type: 'tool-calls-sent',
        delivery,
        calls: calls.map((call) => ({ id: call.id, tool: call.tool.name, async: call.tool.async })),
      });
    }
    return sent.entries;
  }

  private send({ type, fields, delayMs }: { type: string; fields: JsonObject; delayMs: number }): void {
    const { deliver, shape } = this.source.scenario;
    const message = envelope(this.source, { type, fields, timestampMs: this.clock.epochMs(), shape });
    this.sender.send({ type, message, calls: [], deliver, delayMs });
  }

  private outgoing(plan: ToolCallPlan, { shape }: ToolCallsAction): OutgoingToolCall {
    return { id: plan.id ?? newToolCallId(shape.ids), tool: this.tool(plan.tool), arguments: plan.arguments };
  }

  private tool(name: string): ScenarioTool {
    const tool = this.source.scenario.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error('a scenario was played that calls a tool it does not list');
    return tool;
  }
}
