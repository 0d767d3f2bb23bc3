import type { Clock } from '../clock/clock.types.js';
import type { JsonObject } from '../scenario/json.types.js';
import type { Behaviour, ToolMessage } from '../scenario/scenario.types.js';
import type { ReplyEntry } from '../webhooks/reply.js';
import type { OutgoingToolCall } from '../webhooks/tool-calls-message.js';
import { renderText } from './call-liquid.js';
import type { CallWebhooks, SentToolCalls, ToolCallsAction } from './call-webhooks.js';
import type { Conversation } from './conversation.js';
import type { Model } from './model.js';

export interface ToolCallingOptions {
  readonly clock: Clock;
  readonly conversation: Conversation;
  readonly webhooks: CallWebhooks;
  readonly model: Model;
  readonly behaviour: Behaviour;
  /** What messages may refer to besides the arguments. */
  readonly variables: () => JsonObject;
  /** The assistant says this line, unless the call is over. */
  readonly say: (text: string) => void;
}

/** What the assistant does when it calls tools: it says their lines, and the model sees their results. */
export class ToolCalling {
  constructor(private readonly options: ToolCallingOptions) {}

  /** Calls them. An async tool says its `request-complete` at once and nothing else, ever (VAPI.md 2.5). */
  call(action: ToolCallsAction): SentToolCalls {
    const sent = this.options.webhooks.toolCalls(action);
    for (const call of sent.calls) this.say(call, call.tool.async ? 'request-complete' : 'request-start');
    void sent.entries.then((entries) => {
      for (const call of sent.calls) this.answered(call, entries.find((entry) => entry.id === call.id)?.result);
    });
    return sent;
  }

  private answered(call: OutgoingToolCall, returned: ReplyEntry['result']): void {
    const { clock, conversation } = this.options;
    const { id, tool } = call;
    const result = tool.async ? this.asyncResult(returned) : (returned ?? 'No result returned');
    conversation.add('tool_call_result', result, clock.nowMs(), 0, { toolCallId: id, name: tool.name });
    if (tool.async) return;
    // Only a result that is not empty completes a request (VapiAI/gitops, docs/learnings/tools.md).
    const isComplete = returned !== undefined && returned !== '';
    this.say(call, isComplete ? 'request-complete' : 'request-failed');
  }

  /** VAPI.md 7, question 2: the model sees a placeholder, or what the webhook returned and speaks it. */
  private asyncResult(returned: string | undefined): string {
    if (returned === undefined || !this.options.behaviour.asyncResultSpoken) return 'Success.';
    this.options.model.replyWith(returned, 'model');
    return returned;
  }

  /** Several messages of a type are variants of one line: the first is taken. */
  private say(call: OutgoingToolCall, type: ToolMessage['type']): void {
    const message = call.tool.messages.find((candidate) => candidate.type === type && candidate.role === 'assistant');
    if (message === undefined) return;
    const text = renderText(message.content, { ...this.options.variables(), ...call.arguments }).trim();
    if (text !== '') this.options.say(text);
  }
}
