import type { ToolCallFinished, ToolCallRequested } from '@interject/contracts';
import { DEFAULT_FAILURE_TEXT, ErrorCodes } from '@interject/contracts';
import type { ToolCallSnapshot } from './call-snapshot.js';

interface Entry {
  readonly toolCallId: string;
  request?: ToolCallRequested;
  result?: ToolCallFinished;
  hasFired: boolean;
}

/** The tool calls of one call: which are pending, and since when too long. */
export class ToolCallBook {
  private readonly entries = new Map<string, Entry>();

  get isEmpty(): boolean {
    return this.entries.size === 0;
  }

  get hasPending(): boolean {
    for (const { result } of this.entries.values()) {
      if (result === undefined) return true;
    }
    return false;
  }

  /** Requests that wait for their result. */
  get pending(): ToolCallRequested[] {
    return [...this.entries.values()].flatMap(({ request, result }) =>
      request === undefined || result !== undefined ? [] : [request],
    );
  }

  request(toolCallId: string): ToolCallRequested | undefined {
    return this.entries.get(toolCallId)?.request;
  }

  isFinished(toolCallId: string): boolean {
    return this.entries.get(toolCallId)?.result !== undefined;
  }

  requested(fact: ToolCallRequested): void {
    const entry = this.entry(fact.toolCallId);
    entry.request ??= fact;
  }

  /** @returns false when a result was there already: the first one wins */
  finished(fact: ToolCallFinished): boolean {
    const entry = this.entry(fact.toolCallId);
    if (entry.result !== undefined) return false;
    entry.result = fact;
    return true;
  }

  /** `timed-out` results of the tool calls whose watchdog has run out; each is given once. */
  takeOverdue(now: number): ToolCallFinished[] {
    const overdue: ToolCallFinished[] = [];
    for (const entry of this.entries.values()) {
      if (now < watchdogAt(entry) || entry.request === undefined) continue;
      entry.hasFired = true;
      overdue.push(timedOut(entry.request, now));
    }
    return overdue;
  }

  /** When the next watchdog runs out; Infinity without a pending tool call. */
  nextWatchdogAt(): number {
    let next = Infinity;
    for (const entry of this.entries.values()) next = Math.min(next, watchdogAt(entry));
    return next;
  }

  snapshot(): ToolCallSnapshot[] {
    return [...this.entries.values()].map(({ toolCallId, request, result }) => ({
      toolCallId,
      tool: request?.tool ?? result?.tool ?? 'unknown',
      state: result?.outcome ?? 'pending',
      requestedAt: request?.requestedAt ?? result?.requestedAt ?? 0,
      ...(result === undefined ? {} : { finishedAt: result.at }),
    }));
  }

  private entry(toolCallId: string): Entry {
    let entry = this.entries.get(toolCallId);
    if (entry === undefined) {
      entry = { toolCallId, hasFired: false };
      this.entries.set(toolCallId, entry);
    }
    return entry;
  }
}

function watchdogAt({ request, result, hasFired }: Entry): number {
  if (request === undefined || result !== undefined || hasFired) return Infinity;
  return request.requestedAt + request.watchdogMs;
}

function timedOut(request: ToolCallRequested, now: number): ToolCallFinished {
  const { callId, toolCallId, tool, requestedAt, sayOnFailure, speech } = request;
  return {
    callId,
    toolCallId,
    tool,
    outcome: 'timed-out',
    failure: {
      code: ErrorCodes.DeadlineExceeded,
      message: 'No worker answered in time: is one running for this tool?',
      retryable: false,
    },
    attempts: 0,
    requestedAt,
    at: now,
    text: sayOnFailure ?? DEFAULT_FAILURE_TEXT,
    ...(speech === undefined ? {} : { speech }),
  };
}
