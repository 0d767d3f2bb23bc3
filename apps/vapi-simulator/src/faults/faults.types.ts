import type { ControlReply } from '../control/control-answers.types.js';

/** Which occurrences, counted from 1, a fault hits: `all`, or the listed ones. */
export type Occurrences = 'all' | readonly number[];

/** Some `speech-update` webhooks; `nth` counts those that fit. */
export interface SpeechUpdateFilter {
  readonly role: 'assistant' | 'user' | 'any';
  readonly status: 'started' | 'stopped' | 'any';
  readonly nth: Occurrences;
}

/** The fault switches of a scenario; an absent one is off. */
export interface FaultSwitches {
  readonly loseSpeechStopped: { readonly role: 'assistant' | 'user' | 'any'; readonly nth: Occurrences } | undefined;
  readonly loseSpeechUpdate: SpeechUpdateFilter | undefined;
  /** They leave late with their true timestamp, and later ones overtake them. */
  readonly lateSpeechUpdate: (SpeechUpdateFilter & { readonly delayMs: number }) | undefined;
  /** `delayMs` is how late it, or its repeat, leaves. */
  readonly userInterrupted:
    { readonly delivery: 'lost' | 'late' | 'twice'; readonly delayMs: number; readonly nth: Occurrences } | undefined;
  readonly noSpeechEvents: boolean;
  readonly shedSpeechUpdates: { readonly afterFailures: number } | undefined;
  readonly lateRender: { readonly delayMs: number; readonly nth: Occurrences } | undefined;
  readonly silentDrop: { readonly nth: Occurrences } | undefined;
  readonly controlHang: { readonly forMs: number; readonly nth: Occurrences; readonly accepted: boolean } | undefined;
  readonly controlErrors:
    | {
        readonly status: number;
        readonly nth: Occurrences;
        /** Errors last from the first hit for this time, whatever `nth` says: bursts of 3-6 s are what was measured. */
        readonly forMs: number | undefined;
        readonly accepted: boolean;
      }
    | undefined;
  readonly controlAuthentication: boolean;
  readonly reorderWebhooks:
    { readonly types: readonly string[]; readonly holdMs: number; readonly every: number } | undefined;
  readonly endCallEarly:
    | { readonly atMs: number | undefined; readonly afterToolCallMs: number | undefined; readonly reason: string }
    | undefined;
}

/** A webhook about to leave. */
export interface OutgoingWebhook {
  readonly type: string;
  readonly status: string | undefined;
  readonly role: string | undefined;
}

/** What happens to a webhook; undefined is nothing unusual. */
export type WebhookFate =
  | { readonly kind: 'lost' }
  | { readonly kind: 'held'; readonly holdMs: number }
  | { readonly kind: 'twice'; readonly againAfterMs: number };

/** What happens to an accepted `say`. */
export type SpeechFate = { readonly kind: 'dropped' } | { readonly kind: 'late'; readonly delayMs: number };

/** What happens to a POST on the control URL. `accepted` tells whether it takes effect nevertheless. */
export type ControlFate =
  | { readonly kind: 'hang'; readonly forMs: number; readonly accepted: boolean }
  | { readonly kind: 'status'; readonly status: number; readonly accepted: boolean }
  | { readonly kind: 'refused'; readonly reply: ControlReply };

/** A POST on the control URL as the faults see it. */
export interface ControlAttempt {
  /** Counted per call from 1. */
  readonly nth: number;
  readonly atMs: number;
  readonly authorization: string | undefined;
}

/** One fault of one call. It keeps its own counters and may answer at any of these points. */
export interface Fault {
  /** The switch's name, for the transcript. */
  readonly name: string;
  webhook?(webhook: OutgoingWebhook): WebhookFate | undefined;
  speech?(nth: number): SpeechFate | undefined;
  control?(attempt: ControlAttempt): ControlFate | undefined;
  /** A webhook attempt was answered 2xx, or not. */
  gatewayAnswered?(ok: boolean): void;
}
