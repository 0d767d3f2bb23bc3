import type { CallStatus, ToolCallOutcome, UndeliveredReason, UtteranceSource } from '@interject/contracts';
import type { SpeechClass } from '@interject/contracts';
import type { Blocker } from '../speech/release-rule.js';
import type { PastAttempt, Utterance, UtteranceState, UtteranceTimeline } from '../speech/utterance.js';

export interface ToolCallSnapshot {
  readonly toolCallId: string;
  readonly tool: string;
  readonly state: 'pending' | ToolCallOutcome;
  readonly requestedAt: number;
  readonly finishedAt?: number;
  /** When somebody asked for it to stop, while it was pending. */
  readonly cancelRequestedAt?: number;
}

export interface UtteranceSnapshot {
  readonly utteranceId: string;
  readonly source: UtteranceSource;
  readonly class: SpeechClass;
  readonly state: UtteranceState;
  /** How often it was said. */
  readonly attempt: number;
  readonly reason?: UndeliveredReason;
  readonly tool?: string;
  readonly toolCallId?: string;
  /** Head of the speech that it was said with. */
  readonly saidWith?: string;
  /** Why it is not said yet. */
  readonly waitsFor?: Blocker;
  readonly times: Readonly<UtteranceTimeline>;
  /** The attempts before the present or last one. */
  readonly past?: readonly PastAttempt[];
}

/** State of a call as `GET /calls/{callId}` shows it. Holds no spoken text. */
export interface CallSnapshot {
  readonly found: true;
  readonly callId: string;
  readonly status: CallStatus;
  /** When it was first known to be live, milliseconds since the epoch, the owner's clock. */
  readonly since?: number;
  /** Speech is switched off in it. */
  readonly isMuted?: boolean;
  readonly endedReason?: string;
  readonly endedAt?: number;
  readonly floor: 'caller' | 'assistant' | 'nobody' | 'unknown';
  /** In the order of their requests: the place of each stays the same. */
  readonly toolCalls: readonly ToolCallSnapshot[];
  readonly utterances: readonly UtteranceSnapshot[];
}

export function snapshotOfUtterance(utterance: Utterance, waitsFor: Blocker | undefined): UtteranceSnapshot {
  const { source, tool, toolCallId } = utterance.content;
  return {
    utteranceId: utterance.id,
    source,
    class: utterance.plan.class,
    state: utterance.state,
    attempt: utterance.attempt,
    ...(utterance.reason === undefined ? {} : { reason: utterance.reason }),
    ...(tool === undefined ? {} : { tool }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(utterance.saidWith === undefined ? {} : { saidWith: utterance.saidWith }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    times: { ...utterance.times },
    ...(utterance.past.length === 0 ? {} : { past: [...utterance.past] }),
  };
}

function byId<T>(older: readonly T[], newer: readonly T[], id: (item: T) => string): T[] {
  return [...new Map([...older, ...newer].map((item) => [id(item), item])).values()];
}

/** Adds what came after the end of a call to the summary that was written then. */
export function mergeSummaries(older: CallSnapshot, newer: CallSnapshot): CallSnapshot {
  return {
    ...older,
    ...newer,
    toolCalls: byId(older.toolCalls, newer.toolCalls, (toolCall) => toolCall.toolCallId),
    utterances: byId(older.utterances, newer.utterances, (utterance) => utterance.utteranceId),
  };
}
