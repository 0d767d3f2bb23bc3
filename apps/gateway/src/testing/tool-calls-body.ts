export const SPEC_CALL_ID = '019a9c95-0000-7000-8000-00000000000a';
export const SPEC_CONTROL_URL = `https://phone-call-websocket.aws-us-west-2-backend-production1.vapi.ai/${SPEC_CALL_ID}/control`;

/** One tool call of a webhook. */
export interface SpecToolCall {
  readonly id: string;
  readonly name?: string;
  readonly arguments?: unknown;
  readonly async?: boolean;
}

/** A `tool-calls` webhook as Vapi sends it: all three lists, private data around them. */
export function toolCallsWebhook(calls: readonly SpecToolCall[], callId = SPEC_CALL_ID): unknown {
  const toolCallList = calls.map(({ id, name = 'build_report', arguments: args = { region: 'north' } }) => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  }));
  return {
    message: {
      type: 'tool-calls',
      timestamp: 1_790_000_000_000,
      call: { id: callId, status: 'queued', monitor: { controlUrl: SPEC_CONTROL_URL.replace(SPEC_CALL_ID, callId) } },
      assistant: { model: { messages: [{ role: 'system', content: 'a private prompt' }] } },
      toolCallList,
      toolCalls: toolCallList,
      toolWithToolCallList: toolCallList.map((toolCall, index) => ({
        type: 'function',
        async: calls[index]?.async ?? true,
        server: { secret: 's3cret' },
        toolCall,
      })),
    },
  };
}
