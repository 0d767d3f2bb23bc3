import {
  AnnouncementRequested,
  announcementKey,
  CallEnded,
  CallStatusChanged,
  callToken,
  ToolCallFinished,
  toolCallKey,
  ToolCallProgressed,
  UtteranceUndelivered,
} from '@interject/contracts';
import type { CallEvents, HandledCallEvent } from './call-event.types.js';

/** How one kind of event is read. */
export interface CallEventContract<T extends object> {
  readonly type: new () => T;
  /** True if its subject ends in a key. */
  readonly isKeyed: boolean;
  /** The same for repeats of the same fact, another one for any other fact. Holds no foreign id. */
  key(event: T): string;
}

export const CALL_EVENT_CONTRACTS: { readonly [E in HandledCallEvent]: CallEventContract<CallEvents[E]> } = {
  status: {
    type: CallStatusChanged,
    isKeyed: false,
    key: ({ callId, status, at }) => `${callToken(callId)}.${status}.${String(at)}`,
  },
  ended: { type: CallEnded, isKeyed: false, key: ({ callId }) => callToken(callId) },
  progress: {
    type: ToolCallProgressed,
    isKeyed: true,
    // A job that ran again after the loss of its worker numbers its reports from 1 again.
    key: ({ callId, toolCallId, sequence, at }) =>
      `${toolCallKey(callId, toolCallId)}.${String(sequence)}.${String(at)}`,
  },
  result: {
    type: ToolCallFinished,
    isKeyed: true,
    key: ({ callId, toolCallId }) => toolCallKey(callId, toolCallId),
  },
  announcement: {
    type: AnnouncementRequested,
    isKeyed: true,
    key: ({ callId, announcementId }) => announcementKey(callId, announcementId),
  },
  undelivered: { type: UtteranceUndelivered, isKeyed: true, key: ({ utteranceId }) => utteranceId },
};
