import type { Vapi } from '@vapi-ai/server-sdk';

/** Where to speak: the call and its control URL, which is a secret. */
export interface ControlTarget {
  readonly callId: string;
  readonly controlUrl: string;
}

type SdkSay = Vapi.ClientInboundMessageMessage.Say;
type SdkAddMessage = Vapi.ClientInboundMessageMessage.AddMessage;

/** What `say` takes: Vapi's own fields, of which `content` is the text (not `message`, VAPI.md 2.3). */
export type SayMessage = Readonly<Omit<SdkSay, 'type' | 'content'>> & { readonly content: string };

/** What `addMessage` takes. Without `triggerResponseEnabled: false` it cuts the assistant off (VAPI.md 2.4). */
export type AddMessage = Readonly<Omit<SdkAddMessage, 'type'>>;

/** What goes over the wire. */
export type ControlMessage = Readonly<(SdkSay & { readonly content: string }) | SdkAddMessage>;

export const ControlRefusals = [
  /** Vapi said no: usually the call is over. A call unknown to it gives 400 (VAPI.md 2.4). */
  'control-refused',
  /** 401 or 403: `monitorPlan.controlAuthenticationEnabled` is on and the public key missing or wrong. */
  'control-auth',
  /** A redirect, which is not followed. */
  'control-redirect',
  /** The URL is not one that may be used for this call: nothing was sent. */
  'control-url',
] as const;
export type ControlRefusal = (typeof ControlRefusals)[number];

/** What became of one POST. `accepted` is not heard: 2xx can stay unspoken (VAPI.md 2.4). */
export type ControlOutcome =
  | { readonly kind: 'accepted'; readonly status: number }
  /** Terminal: the same message will not be accepted later. */
  | { readonly kind: 'refused'; readonly code: ControlRefusal; readonly auth: boolean; readonly status?: number }
  /** 429 or 503: certainly not accepted. */
  | { readonly kind: 'throttled'; readonly status: number; readonly retryAfterMs?: number }
  /** Certainly not accepted: nothing was written (DNS, refused, TLS, timeout before the connection stood). */
  | { readonly kind: 'unreachable'; readonly code: string }
  /** Not written, because `mayWrite` did not allow it any more. */
  | { readonly kind: 'abandoned' }
  /** Perhaps accepted: another 5xx (then with `status`), a reset or a timeout after the request was written. */
  | { readonly kind: 'unknown'; readonly code: string; readonly status?: number };

export interface ControlClientSettings {
  /** Vapi's public API key, for assistants whose control URL asks for it; never the private one. */
  readonly publicKey?: string;
  /** Origins that are allowed besides Vapi's, e.g. the simulator's. */
  readonly allowedOrigins?: readonly string[];
  /** Per POST; default 5000. */
  readonly timeoutMs?: number;
}

export interface ControlOptions {
  /** Ends the wait. Before the request is written it also stops it: `unreachable`, afterwards `unknown`. */
  readonly signal?: AbortSignal;
  /** Asked just before the request is written, when the connection stands; false: `abandoned`, nothing was sent. */
  readonly mayWrite?: () => boolean;
}
