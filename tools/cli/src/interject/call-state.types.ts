import { RecordedStates } from '@interject/contracts';

/** A tool call, as its owner tells of it. */
export interface ToolCallState {
  readonly toolCallId: string;
  readonly tool: string;
  readonly state: string;
  readonly requestedAt: number;
  readonly finishedAt?: number;
  readonly cancelRequestedAt?: number;
}

/** When an utterance reached each state, milliseconds since the epoch. */
export interface SpeechTimes {
  readonly queuedAt?: number;
  readonly heldAt?: number;
  readonly sendingAt?: number;
  readonly sentAt?: number;
  readonly speakingAt?: number;
  readonly endedAt?: number;
}

/** An utterance, as its owner tells of it. */
export interface UtteranceState {
  readonly utteranceId: string;
  readonly source: string;
  readonly class: string;
  readonly state: string;
  readonly attempt: number;
  readonly reason?: string;
  readonly tool?: string;
  readonly toolCallId?: string;
  readonly waitsFor?: string;
  readonly times: SpeechTimes;
  readonly past?: readonly ({ readonly attempt: number; readonly outcome: string } & SpeechTimes)[];
}

/** What `GET /calls/{callId}` shows, and what a question to the owner adds. Holds no spoken text. */
export interface CallState {
  readonly found: true;
  readonly callId: string;
  readonly status: string;
  readonly since?: number;
  readonly isMuted?: boolean;
  readonly endedReason?: string;
  readonly endedAt?: number;
  readonly floor: string;
  readonly toolCalls: readonly ToolCallState[];
  readonly utterances: readonly UtteranceState[];
  /** To a question whether an announcement is let in. */
  readonly admission?: string;
}

/** States after which nothing follows. */
export const FINAL_STATES: ReadonlySet<string> = new Set(RecordedStates.filter((state) => state !== 'sending'));
