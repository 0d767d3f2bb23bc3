import type { ToolCallContext } from '@interject/worker-sdk';

/** A tool call's context that keeps what was reported. */
export interface FakeCall extends ToolCallContext {
  readonly reports: readonly string[];
}

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** @param key the idempotency key: the same for a repeat */
export function fakeCall(key: string, signal: AbortSignal = new AbortController().signal): FakeCall {
  const reports: string[] = [];
  return {
    callId: 'call-1',
    toolCallId: key,
    tool: 'tool',
    attempt: 1,
    idempotencyKey: key,
    signal,
    requestedAt: 0,
    deadlineAt: 60_000,
    log: SILENT,
    reports,
    progress: async (text) => {
      reports.push(text);
    },
    callback: async () => {
      throw new Error('No tool of this worker waits for a callback.');
    },
  };
}

function ignore(): void {
  // A test that cares for log lines brings its own log.
}
