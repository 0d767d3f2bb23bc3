import { TOOL_DEFAULTS } from '@interject/contracts';
import type { FloorChanged, ToolCallFinished, ToolCallRequested, ToolDefinition } from '@interject/contracts';

const BUILT_AT = Date.UTC(2026, 0, 1);

/** A tool call that is fit to be published; `over` replaces fields. */
export function aToolCall(over: Partial<ToolCallRequested> = {}): ToolCallRequested {
  return {
    callId: '019a9c95-0000-7000-8000-000000000001',
    toolCallId: 'call_1',
    tool: 'build_report',
    arguments: { region: 'north' },
    mode: 'async',
    requestedAt: BUILT_AT,
    graceMs: 0,
    queueExpiryMs: 120_000,
    watchdogMs: 300_000,
    onCallEnded: 'finish',
    ...over,
  };
}

/** The result of {@link aToolCall}. */
export function aResult(over: Partial<ToolCallFinished> = {}): ToolCallFinished {
  return {
    callId: '019a9c95-0000-7000-8000-000000000001',
    toolCallId: 'call_1',
    tool: 'build_report',
    outcome: 'succeeded',
    text: 'Your report is ready.',
    attempts: 1,
    requestedAt: BUILT_AT,
    at: BUILT_AT + 1000,
    ...over,
  };
}

/** Somebody began to speak in the call of {@link aToolCall}. */
export function aFloorChange(over: Partial<FloorChanged> = {}): FloorChanged {
  return {
    callId: '019a9c95-0000-7000-8000-000000000001',
    speaker: 'caller',
    change: 'started',
    at: BUILT_AT,
    receivedAt: BUILT_AT,
    ...over,
  };
}

/** A tool as a worker registers it. */
export function aToolDefinition(over: Partial<ToolDefinition> = {}): ToolDefinition {
  return {
    name: 'build_report',
    description: 'Builds the sales report of a region.',
    parameters: { type: 'object', properties: { region: { type: 'string' } }, required: ['region'] },
    worker: 'reports-worker',
    version: '1',
    ...TOOL_DEFAULTS,
    ...over,
  };
}
