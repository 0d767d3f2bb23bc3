import type {
  AnnouncementRequested,
  CallEnded,
  CallStatusChanged,
  CancelRequested,
  FloorChanged,
  RecordedState,
  ToolCallFinished,
  ToolCallProgressed,
  ToolCallRequested,
} from '@interject/contracts';

/**
 * What became of a POST. `throttled` and `unreachable` were certainly not accepted, `unknown` may have been;
 * `abandoned` was not written, because ownership was in doubt.
 */
export type PostOutcome =
  'accepted' | 'refused' | 'throttled' | 'unreachable' | 'unknown' | 'no-control-url' | 'abandoned';

/** Facts about a call, as they come from the streams. */
export type CallFact =
  | { readonly kind: 'tool-call'; readonly fact: ToolCallRequested }
  | { readonly kind: 'result'; readonly fact: ToolCallFinished }
  | { readonly kind: 'progress'; readonly fact: ToolCallProgressed }
  | { readonly kind: 'announcement'; readonly fact: AnnouncementRequested }
  | { readonly kind: 'cancel-requested'; readonly fact: CancelRequested }
  | { readonly kind: 'status'; readonly fact: CallStatusChanged }
  | { readonly kind: 'ended'; readonly fact: CallEnded }
  | { readonly kind: 'floor'; readonly fact: FloorChanged };

/** Answers to a machine's actions, and time. */
export type CallAnswer =
  /** `isStale`: it took so long that ownership may be lost; what was to follow must not happen. */
  | {
      readonly kind: 'recorded';
      readonly utteranceId: string;
      readonly state: RecordedState;
      /** As in the record: false when the utterance was put back. */
      readonly final?: boolean;
      readonly isStale: boolean;
    }
  | { readonly kind: 'post-outcome'; readonly sendId: number; readonly outcome: PostOutcome }
  | { readonly kind: 'call-looked-up'; readonly answer: 'ended' | 'live' | 'unknown' }
  | { readonly kind: 'call-recalled'; readonly status?: CallStatusChanged; readonly ended?: CallEnded }
  | { readonly kind: 'tool-call-recalled'; readonly toolCallId: string; readonly fact?: ToolCallRequested }
  | { readonly kind: 'claim-found'; readonly toolCallId: string; readonly claim: 'spoken' | 'inline' | 'none' }
  | { readonly kind: 'published'; readonly utteranceId: string }
  | { readonly kind: 'tick' };

export type CallInput = CallFact | CallAnswer;
