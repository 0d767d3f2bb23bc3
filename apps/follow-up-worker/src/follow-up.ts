import type { UtteranceUndelivered } from '@interject/contracts';

/** The body of the webhook: what should have been said, and all that is known about it. */
export interface FollowUp {
  /** The same for every delivery of this follow-up, also in the header `idempotency-key`. */
  readonly id: string;
  readonly callId: string;
  readonly toolCallId?: string;
  readonly tool?: string;
  /** Why it was not said. */
  readonly reason: string;
  /** The words that should have been said. */
  readonly text: string;
  /** How the tool call ended. */
  readonly outcome?: string;
  /** What the tool returned. */
  readonly data?: unknown;
  /** What the tool was asked: e.g. the caller's number, if the tool's static parameters bring it. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** When the tool was called (ms since the epoch). */
  readonly requestedAt?: number;
  readonly endedReason?: string;
  /** When it was given up (ms since the epoch). */
  readonly at: number;
}

/** The event as the webhook gets it; a field that is not known is left out. */
export function followUpOf(event: UtteranceUndelivered): FollowUp {
  const { utteranceId, callId, toolCallId, tool, reason, text, outcome, requestedAt, endedReason, at } = event;
  return {
    id: utteranceId,
    callId,
    ...(toolCallId !== undefined && { toolCallId }),
    ...(tool !== undefined && { tool }),
    reason,
    text,
    ...(outcome !== undefined && { outcome }),
    ...(event.data !== undefined && { data: event.data }),
    ...(event.arguments !== undefined && { arguments: event.arguments }),
    ...(requestedAt !== undefined && { requestedAt }),
    ...(endedReason !== undefined && { endedReason }),
    at,
  };
}
