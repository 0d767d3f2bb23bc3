import type { CancelRequested, ToolCallFinished, ToolCallProgressed, ToolCallRequested } from '@interject/contracts';
import { DEFAULT_FAILURE_TEXT, ErrorCodes } from '@interject/contracts';
import type { ToolCallSnapshot } from './call-snapshot.js';

interface Entry {
  readonly toolCallId: string;
  /** Place among the requests; Infinity until the request is known. */
  order: number;
  request?: ToolCallRequested;
  result?: ToolCallFinished;
  /** Somebody asked for it to stop before its result was there. */
  cancel?: CancelRequested;
  /** The newest report. */
  progress?: ToolCallProgressed;
  hasFired: boolean;
}

/** The tool calls of one call: which are pending, and since when too long. */
export class ToolCallBook {
  private readonly entries = new Map<string, Entry>();
  private requests = 0;

  /** True if neither a request nor a result is known. */
  get isEmpty(): boolean {
    return this.known.length === 0;
  }

  get hasPending(): boolean {
    for (const entry of this.entries.values()) {
      if (isPending(entry)) return true;
    }
    return false;
  }

  /** Requests that wait for their result, but for those that were cancelled: nobody waits with them. */
  get awaited(): ToolCallRequested[] {
    return [...this.entries.values()].flatMap((entry) => {
      const { request, cancel } = entry;
      return request === undefined || cancel !== undefined || !isPending(entry) ? [] : [request];
    });
  }

  request(toolCallId: string): ToolCallRequested | undefined {
    return this.entries.get(toolCallId)?.request;
  }

  isFinished(toolCallId: string): boolean {
    return this.entries.get(toolCallId)?.result !== undefined;
  }

  isCancelled(toolCallId: string): boolean {
    return this.entries.get(toolCallId)?.cancel !== undefined;
  }

  requested(fact: ToolCallRequested): void {
    const entry = this.entry(fact.toolCallId);
    if (entry.request !== undefined) return;
    this.requests += 1;
    entry.order = this.requests;
    entry.request = fact;
  }

  /** @returns false when a result was there already: the first one wins */
  finished(fact: ToolCallFinished): boolean {
    const entry = this.entry(fact.toolCallId);
    if (entry.result !== undefined) return false;
    entry.result = fact;
    return true;
  }

  progressed(fact: ToolCallProgressed): void {
    const entry = this.entry(fact.toolCallId);
    if (fact.sequence >= (entry.progress?.sequence ?? 0)) entry.progress = fact;
  }

  /** What is finished stays so. The request may come later: it is in another stream. */
  cancelRequested(fact: CancelRequested): void {
    const entry = this.entry(fact.toolCallId);
    if (entry.result === undefined) entry.cancel ??= fact;
  }

  /** Results of the tool calls whose watchdog has run out, `timed-out` or `cancelled`; each is given once. */
  takeOverdue(now: number): ToolCallFinished[] {
    const overdue: ToolCallFinished[] = [];
    for (const entry of this.entries.values()) {
      if (now < watchdogAt(entry) || entry.request === undefined) continue;
      entry.hasFired = true;
      overdue.push(entry.cancel === undefined ? timedOut(entry.request, now) : cancelled(entry.request, now));
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
    return this.known.map(({ toolCallId, request, result, cancel }) => ({
      toolCallId,
      tool: request?.tool ?? result?.tool ?? 'unknown',
      state: result?.outcome ?? 'pending',
      requestedAt: request?.requestedAt ?? result?.requestedAt ?? 0,
      ...(result === undefined ? {} : { finishedAt: result.at }),
      ...(cancel === undefined ? {} : { cancelRequestedAt: cancel.at }),
    }));
  }

  /** Words of the newest report of each pending tool call, by its id. */
  progress(): ReadonlyMap<string, string> {
    const words = new Map<string, string>();
    for (const entry of this.entries.values()) {
      if (entry.progress !== undefined && isPending(entry)) words.set(entry.toolCallId, entry.progress.text);
    }
    return words;
  }

  /**
   * In the order of the requests, which is that of their stream: it is the same for every owner. A report or a wish to
   * cancel alone proves nothing.
   */
  private get known(): Entry[] {
    return [...this.entries.values()]
      .filter(({ request, result }) => request !== undefined || result !== undefined)
      .sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
  }

  private entry(toolCallId: string): Entry {
    let entry = this.entries.get(toolCallId);
    if (entry === undefined) {
      entry = { toolCallId, order: Infinity, hasFired: false };
      this.entries.set(toolCallId, entry);
    }
    return entry;
  }
}

function isPending({ request, result }: Entry): boolean {
  return request !== undefined && result === undefined;
}

function watchdogAt({ request, result, hasFired }: Entry): number {
  if (request === undefined || result !== undefined || hasFired) return Infinity;
  return request.requestedAt + request.watchdogMs;
}

function timedOut(request: ToolCallRequested, now: number): ToolCallFinished {
  const { sayOnFailure, speech } = request;
  return {
    ...endOf(request, now),
    outcome: 'timed-out',
    failure: {
      code: ErrorCodes.DeadlineExceeded,
      message: 'No worker answered in time: is one running for this tool?',
      retryable: false,
    },
    text: sayOnFailure ?? DEFAULT_FAILURE_TEXT,
    ...(speech === undefined ? {} : { speech }),
  };
}

/** Without words: whoever cancelled it knows. */
function cancelled(request: ToolCallRequested, now: number): ToolCallFinished {
  return {
    ...endOf(request, now),
    outcome: 'cancelled',
    failure: {
      code: ErrorCodes.Cancelled,
      message: 'The tool call was cancelled on request, and no worker was there to hear it.',
      retryable: false,
    },
  };
}

function endOf({ callId, toolCallId, tool, requestedAt }: ToolCallRequested, now: number) {
  return { callId, toolCallId, tool, attempts: 0, requestedAt, at: now } as const;
}
