import type { ToolCallRequested } from '@interject/contracts';
import type { LetterContent } from './letter-content.js';

/** What is known of the call and the tool call of a letter. */
export interface ReplayFacts {
  /** The call is over, or nothing shows that it is on. */
  readonly hasCallEnded: boolean;
  /** The tool call has its one result already, e.g. `timed-out`: a second one would not count. */
  readonly hasResult: boolean;
}

export interface ReplayOptions {
  /** Word the results of ended calls too: they become undelivered, and follow-up workers act on them. */
  readonly speakAnyway: boolean;
  /** Put back what cannot be read as it is. */
  readonly raw: boolean;
}

/** How a letter is put back, or why it is not. */
export type ReplayDecision =
  | { readonly kind: 'as-it-is'; readonly replayFor?: string; readonly note: string }
  /** With its time set to now; `isNewToolCall`: under an id of its own. */
  | {
      readonly kind: 'tool-call';
      readonly request: ToolCallRequested;
      readonly isNewToolCall: boolean;
      readonly note: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Decides how a letter is replayed. A result never speaks into a call that has ended unless that is wanted: the job runs
 * silently then.
 *
 * @param consumer durable that gave the letter up
 * @param now milliseconds since the epoch
 */
export function decideReplay(
  content: LetterContent,
  consumer: string,
  facts: ReplayFacts,
  options: ReplayOptions,
  now: number,
): ReplayDecision {
  switch (content.kind) {
    case 'call-event':
      // The fact has not changed: only who could not handle it shall look again.
      return { kind: 'as-it-is', replayFor: consumer, note: `for ${consumer} alone` };
    case 'unreadable':
      if (options.raw) return { kind: 'as-it-is', note: 'unread, as it is' };
      return {
        kind: 'refused',
        reason: `this version cannot read it (${content.problems.join('; ')}): --raw puts it back as it is`,
      };
    case 'tool-call': {
      const { isSilent: _was, ...request } = content.request;
      const isSilent = facts.hasCallEnded && !options.speakAnyway;
      return {
        kind: 'tool-call',
        // It waited here, not in the queue: its time begins anew.
        request: { ...request, requestedAt: now, graceMs: 0, ...(isSilent ? { isSilent } : {}) },
        isNewToolCall: facts.hasResult,
        note: toolCallNote(facts, options),
      };
    }
  }
}

function toolCallNote({ hasCallEnded, hasResult }: ReplayFacts, { speakAnyway }: ReplayOptions): string {
  const words = hasCallEnded ? (speakAnyway ? 'the call has ended, its words go to follow-ups' : 'silently') : 'spoken';
  return hasResult ? `${words}, as a new tool call: the old one has its result` : words;
}

/** Id of the n-th replay of a tool call that has its result already; 1 for the first. */
export function replayedToolCallId(toolCallId: string, n: number): string {
  return `${toolCallId.replace(/~replay-\d+$/, '')}~replay-${String(n)}`;
}
