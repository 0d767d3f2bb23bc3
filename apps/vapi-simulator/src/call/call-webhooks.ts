import type { Clock } from '../clock/clock.types.js';
import type { JsonObject } from '../scenario/json.types.js';
import type { ScenarioTool, StepAction, ToolCallPlan } from '../scenario/scenario.types.js';
import type { WebhookRoute } from '../scenario/stored.types.js';
import type { CallLog } from '../transcript/call-log.js';
import { envelope, type EnvelopeSource } from '../webhooks/envelope.js';
import type { ReplyEntry } from '../webhooks/reply.js';
import { newToolCallId } from '../webhooks/tool-call-ids.js';
import { functionCallFields, toolCallsFields, type OutgoingToolCall } from '../webhooks/tool-calls-message.js';
import type { WebhookSender } from '../webhooks/webhook-sender.js';
import { callVariables, render } from './call-liquid.js';

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
    this.sender.send({ type: 'raw', message: {}, calls: [], deliver: 1, delayMs: 0, rawBody: body, to: this.route });
  }

  /**
   * Sends tool calls, those of one server in one webhook; they go to the tool's server whatever `serverMessages` say
   * (VAPI.md 4).
   */
  toolCalls(action: ToolCallsAction): SentToolCalls {
    const calls = action.calls.map((plan) => this.outgoing(plan, action));
    this.source.conversation.add('tool_calls', '', this.clock.nowMs(), 0, {
      toolCalls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.tool.name, arguments: JSON.stringify(call.arguments) },
      })),
    });
    return { calls, entries: this.sendAll(calls, action) };
  }

  /** Settles when every webhook has been answered or given up. */
  settled(): Promise<void> {
    return this.sender.settled();
  }

  /** Where webhooks go that are not a tool's; undefined is the target of the run. */
  private get route(): WebhookRoute | undefined {
    return this.source.scenario.assistant?.server;
  }

  private async sendAll(calls: readonly OutgoingToolCall[], action: ToolCallsAction): Promise<readonly ReplyEntry[]> {
    const isLegacy = action.shape.legacyFunctionCall;
    const batches = isLegacy ? calls.map((call) => [call]) : byServer(calls);
    const sent = batches.map((batch) => this.sendBatch(batch, action));
    return (await Promise.all(sent)).flat();
  }

  /** Calls of one server; in the old way one call, which has no id. */
  private sendBatch(batch: readonly OutgoingToolCall[], action: ToolCallsAction): Promise<readonly ReplyEntry[]> {
    const { shape, deliver } = action;
    const [first] = batch;
    const isLegacy = shape.legacyFunctionCall && first !== undefined;
    const type = isLegacy ? 'function-call' : 'tool-calls';
    const fields = isLegacy ? functionCallFields(first) : toolCallsFields(batch, shape, this.source.server);
    const message = envelope(this.source, { type, fields, timestampMs: this.clock.epochMs(), shape });
    const calls = isLegacy ? [] : batch.map((call) => ({ id: call.id, tool: call.tool.name }));
    const to = first?.tool.stored?.server ?? this.route;
    const sent = this.sender.send({ type, message, calls, deliver, delayMs: 0, to });
    for (const delivery of sent.deliveries) {
      this.log.record({
        type: 'tool-calls-sent',
        delivery,
        calls: batch.map((call) => ({ id: call.id, tool: call.tool.name, async: call.tool.async })),
      });
    }
    return sent.entries;
  }

  private send({ type, fields, delayMs }: { type: string; fields: JsonObject; delayMs: number }): void {
    const { deliver, shape } = this.source.scenario;
    const message = envelope(this.source, { type, fields, timestampMs: this.clock.epochMs(), shape });
    this.sender.send({ type, message, calls: [], deliver, delayMs, to: this.route });
  }

  private outgoing(plan: ToolCallPlan, { shape }: ToolCallsAction): OutgoingToolCall {
    const tool = this.tool(plan.tool);
    return { id: plan.id ?? newToolCallId(shape.ids), tool, arguments: { ...plan.arguments, ...this.statics(tool) } };
  }

  /** Static parameters win over the model's values (VAPI.md 1.2). */
  private statics({ stored }: ScenarioTool): JsonObject {
    if (stored === undefined) return {};
    const { facts, scenario } = this.source;
    const variables = callVariables(facts, scenario.callType, this.clock.epochMs());
    return Object.fromEntries(stored.staticParameters.map(({ key, value }) => [key, render(value, variables)]));
  }

  private tool(name: string): ScenarioTool {
    const tool = this.source.scenario.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error('a scenario was played that calls a tool it does not list');
    return tool;
  }
}

/** In the order of their first calls; tools of the scenario's own share the call's server. */
function byServer(calls: readonly OutgoingToolCall[]): readonly (readonly OutgoingToolCall[])[] {
  const batches = new Map<string, OutgoingToolCall[]>();
  for (const call of calls) {
    const server = JSON.stringify(call.tool.stored?.server ?? null);
    batches.set(server, [...(batches.get(server) ?? []), call]);
  }
  return [...batches.values()];
}
