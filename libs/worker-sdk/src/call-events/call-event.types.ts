import type {
  AnnouncementRequested,
  CallEnded,
  CallStatusChanged,
  ToolCallFinished,
  ToolCallProgressed,
  UtteranceUndelivered,
} from '@interject/contracts';
import type { RetryOptions, ToolLog } from '../tool.types.js';

/** The call events that can be handled, by name. */
export interface CallEvents {
  /** The call changed its state; never that it ended. */
  readonly status: CallStatusChanged;
  readonly ended: CallEnded;
  /** A job reported that it moves on. */
  readonly progress: ToolCallProgressed;
  /** A tool call has its result. */
  readonly result: ToolCallFinished;
  /** Somebody wants something said. */
  readonly announcement: AnnouncementRequested;
  /** Something that should have been said will not be. */
  readonly undelivered: UtteranceUndelivered;
}
export type HandledCallEvent = keyof CallEvents;

/** What a handler may know and do while it works on an event. */
export interface CallEventContext {
  readonly callId: string;
  /** 1 for the first delivery. Counts deliveries: one that was lost with its worker counts too. */
  readonly attempt: number;
  /**
   * The same whenever this event comes, on every replica: `undelivered`: its utterance id. An event may come twice, so
   * give it to backends that can recognise a repeat.
   */
  readonly idempotencyKey: string;
  /** When the event was stored (ms since the epoch, the broker's clock). */
  readonly storedAt: number;
  /** Aborted at the handler's `timeoutMs` and when the process goes down; `signal.reason` is a `ToolCallAborted`. */
  readonly signal: AbortSignal;
  /** Carries event, callId and attempt on every line. */
  readonly log: ToolLog;
}

/** What a `@CallEventHandler` class implements. */
export interface CallEventListener<E extends HandledCallEvent> {
  /**
   * Resolves when the event is dealt with. May run more than once for one event. What it throws is tried again with
   * backoff; with `retryable: false` (`NonRetryableError`), or when no attempt is left, the event becomes a dead letter.
   */
  // A property, not a method: so the compiler refuses a handler that takes another event.
  readonly handle: (event: CallEvents[E], context: CallEventContext) => Promise<void> | void;
}

/** Options of `@CallEventHandler`; what is left out comes from `CALL_EVENT_DEFAULTS`. */
export interface CallEventHandlerOptions<E extends HandledCallEvent = HandledCallEvent> {
  readonly event: E;
  /** How often an event is tried in all, and how long it waits at most before the second try (doubling up to a minute). */
  readonly retry?: RetryOptions;
  /** Longest time of one attempt (ms). */
  readonly timeoutMs?: number;
  /** How many events one replica handles at a time. */
  readonly concurrency?: number;
}

/** Ten attempts span some four minutes: an outage of a provider that is worth sitting out. */
export const CALL_EVENT_DEFAULTS = {
  retry: { attempts: 10, backoffMs: 1000 },
  timeoutMs: 30_000,
  concurrency: 10,
} as const satisfies Omit<Required<CallEventHandlerOptions>, 'event'>;
