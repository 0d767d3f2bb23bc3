import type {
  CancelRequested,
  ToolCallFinished,
  ToolCallOutcome,
  ToolCallProgressed,
  ToolCallRequested,
} from '@interject/contracts';
import { DEFAULT_FAILURE_TEXT, ErrorCodes } from '@interject/contracts';
import { KEPT_TOOL_CALLS } from '../speech/speech-settings.js';
import type { ToolCallSnapshot } from './call-snapshot.js';

/** A request that waits for its result. */
export interface AwaitedToolCall {
  readonly request: PendingToolCall;
  /** Since when, by the owner's clock: `requestedAt` is of the gateway's, which may be half a minute off. */
  readonly since: number;
}

/** What is kept of a tool call's request while its result is waited for. */
export type PendingToolCall = Pick<
  ToolCallRequested,
  | 'callId'
  | 'toolCallId'
  | 'tool'
  | 'arguments'
  | 'mode'
  | 'requestedAt'
  | 'graceMs'
  | 'watchdogMs'
  | 'speech'
  | 'sayOnFailure'
  | 'fillers'
>;

interface Entry {
  readonly toolCallId: string;
  tool: string;
  requestedAt: number;
  /** Place among the requests; {@link NOT_REQUESTED} until the request is known. */
  order: number;
  /** Since when its result is waited for, by the owner's clock. */
  since: number;
  /** Until its result needs it no more. */
  request: PendingToolCall | undefined;
  outcome: ToolCallOutcome | undefined;
  finishedAt: number | undefined;
  /** When somebody asked for it to stop, before its result was there. */
  cancelRequestedAt: number | undefined;
  /** The newest report. */
  progress: ToolCallProgressed | undefined;
  hasFired: boolean;
}

/** After all places. Small integers are stored without a box of their own, and there are many entries. */
const NOT_REQUESTED = 2 ** 30;
const NO_ENTRIES: readonly Entry[] = [];

const NONE: readonly AwaitedToolCall[] = [];

/** The tool calls of one call: which are pending, and since when too long. */
export class ToolCallBook {
  /** A handful in nearly all calls: a map would be the bigger part of what a live call needs. */
  private entries = NO_ENTRIES;
  private requests = 0;

  constructor(private readonly callId: string) {}

  /** True if neither a request nor a result is known. */
  get isEmpty(): boolean {
    return !this.entries.some(isKnown);
  }

  get hasPending(): boolean {
    return this.entries.some(isPending);
  }

  /** Requests that wait for their result, but for those that were cancelled: nobody waits with them. */
  get awaited(): readonly AwaitedToolCall[] {
    // Asked at every decision, and mostly there are none.
    let awaited: AwaitedToolCall[] | undefined;
    for (const entry of this.entries) {
      const { request, since, cancelRequestedAt } = entry;
      if (request === undefined || cancelRequestedAt !== undefined || !isPending(entry)) continue;
      (awaited ??= []).push({ request, since });
    }
    return awaited ?? NONE;
  }

  /** Nothing when it is not known, or was released. */
  request(toolCallId: string): PendingToolCall | undefined {
    return this.find(toolCallId)?.request;
  }

  isFinished(toolCallId: string): boolean {
    return this.find(toolCallId)?.outcome !== undefined;
  }

  isCancelled(toolCallId: string): boolean {
    return this.find(toolCallId)?.cancelRequestedAt !== undefined;
  }

  /** @param since when the request was stored, by the owner's clock */
  requested(fact: ToolCallRequested, since: number): void {
    const entry = this.entry(fact.toolCallId);
    if (entry.order !== NOT_REQUESTED) return;
    this.requests += 1;
    entry.order = this.requests;
    entry.tool = fact.tool;
    entry.requestedAt = fact.requestedAt;
    entry.since = since;
    entry.request = this.keptOf(fact);
  }

  /** @returns false when a result was there already: the first one wins */
  finished(fact: ToolCallFinished): boolean {
    const entry = this.entry(fact.toolCallId);
    if (entry.outcome !== undefined) return false;
    if (entry.order === NOT_REQUESTED) {
      entry.tool = fact.tool;
      entry.requestedAt = fact.requestedAt;
    }
    entry.outcome = fact.outcome;
    entry.finishedAt = fact.at;
    entry.progress = undefined;
    return true;
  }

  /** Its result has become an utterance, or needs none: nobody asks for its request any more. */
  release(toolCallId: string): void {
    const entry = this.find(toolCallId);
    if (entry?.outcome !== undefined) entry.request = undefined;
  }

  progressed(fact: ToolCallProgressed): void {
    const entry = this.entry(fact.toolCallId);
    if (entry.outcome === undefined && fact.sequence >= (entry.progress?.sequence ?? 0)) entry.progress = fact;
  }

  /** What is finished stays so. The request may come later: it is in another stream. */
  cancelRequested(fact: CancelRequested): void {
    const entry = this.entry(fact.toolCallId);
    if (entry.outcome === undefined) entry.cancelRequestedAt ??= fact.at;
  }

  /** Results of the tool calls whose watchdog has run out, `timed-out` or `cancelled`; each is given once. */
  takeOverdue(now: number): ToolCallFinished[] {
    const overdue: ToolCallFinished[] = [];
    for (const entry of this.entries) {
      if (now < watchdogAt(entry) || entry.request === undefined) continue;
      entry.hasFired = true;
      overdue.push(
        entry.cancelRequestedAt === undefined ? timedOut(entry.request, now) : cancelled(entry.request, now),
      );
    }
    return overdue;
  }

  /** When the next watchdog runs out; Infinity without a pending tool call. */
  nextWatchdogAt(): number {
    let next = Infinity;
    for (const entry of this.entries) next = Math.min(next, watchdogAt(entry));
    return next;
  }

  /**
   * In the order of the requests, which is that of their stream: it is the same for every owner. A report or a wish to
   * cancel alone proves nothing.
   */
  snapshot(): ToolCallSnapshot[] {
    const known = this.entries.filter(isKnown).sort((a, b) => a.order - b.order);
    return known.map(({ toolCallId, tool, outcome, requestedAt, finishedAt, cancelRequestedAt }) => ({
      toolCallId,
      tool,
      state: outcome ?? 'pending',
      requestedAt,
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(cancelRequestedAt === undefined ? {} : { cancelRequestedAt }),
    }));
  }

  /** Words of the newest report of each pending tool call, by its id. */
  progress(): ReadonlyMap<string, string> {
    const words = new Map<string, string>();
    for (const entry of this.entries) {
      if (entry.progress !== undefined && isPending(entry)) words.set(entry.toolCallId, entry.progress.text);
    }
    return words;
  }

  /** The fields alone that are asked for, and the call's id but once. */
  private keptOf(fact: ToolCallRequested): PendingToolCall {
    const { toolCallId, tool, mode, requestedAt, graceMs, watchdogMs, speech, sayOnFailure, fillers } = fact;
    return {
      callId: this.callId,
      toolCallId,
      tool,
      arguments: fact.arguments,
      mode,
      requestedAt,
      graceMs,
      watchdogMs,
      ...(speech === undefined ? {} : { speech }),
      ...(sayOnFailure === undefined ? {} : { sayOnFailure }),
      ...(fillers === undefined ? {} : { fillers }),
    };
  }

  private find(toolCallId: string): Entry | undefined {
    return this.entries.find((entry) => entry.toolCallId === toolCallId);
  }

  private entry(toolCallId: string): Entry {
    const known = this.find(toolCallId);
    if (known !== undefined) return known;
    const entry: Entry = {
      toolCallId,
      tool: 'unknown',
      requestedAt: 0,
      order: NOT_REQUESTED,
      since: 0,
      request: undefined,
      outcome: undefined,
      finishedAt: undefined,
      cancelRequestedAt: undefined,
      progress: undefined,
      hasFired: false,
    };
    // Not a spread: that leaves room for sixteen more.
    this.entries = this.kept().concat(entry);
    return entry;
  }

  /** A call may last for a day: of what is over the newest are kept. What is pending stays, its watchdog ends it. */
  private kept(): readonly Entry[] {
    if (this.entries.length < KEPT_TOOL_CALLS) return this.entries;
    const oldest = this.entries.findIndex((entry) => !isPending(entry));
    return oldest < 0 ? this.entries : this.entries.toSpliced(oldest, 1);
  }
}

function isKnown({ order, outcome }: Entry): boolean {
  return order !== NOT_REQUESTED || outcome !== undefined;
}

function isPending({ order, outcome }: Entry): boolean {
  return order !== NOT_REQUESTED && outcome === undefined;
}

function watchdogAt({ request, since, outcome, hasFired }: Entry): number {
  if (request === undefined || outcome !== undefined || hasFired) return Infinity;
  return since + request.watchdogMs;
}

function timedOut(request: PendingToolCall, now: number): ToolCallFinished {
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
function cancelled(request: PendingToolCall, now: number): ToolCallFinished {
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

function endOf({ callId, toolCallId, tool, requestedAt }: PendingToolCall, now: number) {
  return { callId, toolCallId, tool, attempts: 0, requestedAt, at: now } as const;
}
