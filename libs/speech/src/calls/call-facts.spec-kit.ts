import type { ToolCallRequested } from '@interject/contracts';

export const CALL_ID = 'call-1';

export function toolCall(toolCallId: string, at: number, more: Partial<ToolCallRequested> = {}): ToolCallRequested {
  return {
    callId: CALL_ID,
    toolCallId,
    tool: 'report',
    arguments: {},
    mode: 'async',
    requestedAt: at,
    graceMs: 3000,
    queueExpiryMs: 120_000,
    watchdogMs: 300_000,
    onCallEnded: 'finish',
    ...more,
  };
}
