import { toolCallKey } from '@interject/contracts';
import type { AwaitedToolCall, PendingToolCall } from '../calls/tool-call-book.js';
import type { Floor } from './floor.js';

/** Utterance id of the `sequence`-th filler of a tool call. */
export function fillerId(callId: string, toolCallId: string, sequence: number): string {
  return `${toolCallKey(callId, toolCallId)}-f${String(sequence)}`;
}

/** A filler that is due. */
export interface DueFiller {
  readonly request: PendingToolCall;
  readonly text: string;
  /** 1 for the first one of its tool call. */
  readonly sequence: number;
  /** Beyond the budget, because the call is about to end by itself. */
  readonly isForLimit: boolean;
}

interface Count {
  said: number;
  /** Beyond the budget: because the call was about to end by silence or duration. */
  extra: number;
}

/**
 * Keeps the caller company: while a tool call is pending and nobody has talked for a while, one of its fillers is due, up
 * to its budget. Needs speech events: without them silence is not known.
 */
export class FillerWatch {
  private counts: Map<string, Count> | undefined;

  /** @param known ids of the call's utterances that a predecessor recorded: its fillers count */
  constructor(private readonly known: Pick<ReadonlySet<string>, 'has'>) {}

  /** @param pending tool calls without a result @returns the one that is due, which is taken for said */
  take(pending: readonly AwaitedToolCall[], floor: Floor, now: number): DueFiller | undefined {
    const request = pending.find((each) => this.dueAt(each, floor) <= now)?.request;
    if (request?.fillers === undefined) return undefined;
    const count = this.countOf(request);
    const { texts } = request.fillers;
    const text = texts[count.said % texts.length] ?? '';
    count.said += 1;
    return { request, text, sequence: count.said + count.extra, isForLimit: false };
  }

  /** One beyond the budget, because the call is about to end by itself. */
  takeExtra(request: PendingToolCall, text: string): DueFiller {
    const count = this.countOf(request);
    count.extra += 1;
    return { request, text, sequence: count.said + count.extra, isForLimit: true };
  }

  /** When the next is due if nobody says a word; Infinity without one. */
  nextAt(pending: readonly AwaitedToolCall[], floor: Floor): number {
    return Math.min(Infinity, ...pending.map((each) => this.dueAt(each, floor)));
  }

  finished(toolCallId: string): void {
    this.counts?.delete(toolCallId);
  }

  private dueAt({ request, since }: AwaitedToolCall, floor: Floor): number {
    const { fillers } = request;
    if (fillers === undefined || !floor.isKnown) return Infinity;
    const { said } = this.countOf(request);
    if (said >= fillers.max) return Infinity;
    const silentFrom = Math.max(floor.silentFrom(), since);
    return Math.max(silentFrom + (said === 0 ? fillers.afterMs : fillers.everyMs), floor.idleAt());
  }

  private countOf({ callId, toolCallId }: PendingToolCall): Count {
    this.counts ??= new Map();
    let count = this.counts.get(toolCallId);
    if (count === undefined) {
      count = { said: 0, extra: 0 };
      while (this.known.has(fillerId(callId, toolCallId, count.said + 1))) count.said += 1;
      this.counts.set(toolCallId, count);
    }
    return count;
  }
}
