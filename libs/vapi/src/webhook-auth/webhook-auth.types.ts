/** Those that Vapi can sign with (VAPI.md 3). */
export const HmacAlgorithms = ['sha256', 'sha512', 'sha1'] as const;
export type HmacAlgorithm = (typeof HmacAlgorithms)[number];

export const SignatureEncodings = ['hex', 'base64'] as const;
export type SignatureEncoding = (typeof SignatureEncodings)[number];

/** Vapi's HMAC plan (VAPI.md 3); names of headers in any case. */
export interface HmacPlan {
  readonly algorithm: HmacAlgorithm;
  readonly signatureHeader: string;
  /** In front of the signature; empty for none. */
  readonly signaturePrefix: string;
  readonly signatureEncoding: SignatureEncoding;
  /** True: the secrets are the keys in base64. */
  readonly secretIsBase64: boolean;
  /** Undefined: no timestamp is sent. */
  readonly timestampHeader: string | undefined;
  /** What is signed, with `{body}` and other placeholders in it. */
  readonly payloadFormat: string;
  /** Where the value of `{svix-id}` is sent. */
  readonly messageIdHeader: string | undefined;
  /** The value of `{url}`: the address as Vapi knows it, which a proxy may have changed on the way. */
  readonly url: string | undefined;
}

/** How webhooks prove that they come from Vapi. Any of `secrets` is good, so that they can be changed one after the other. */
export type WebhookAuthSettings =
  | { readonly mode: 'none' }
  /** `server.secret`, sent as `x-vapi-secret`. */
  | { readonly mode: 'secret'; readonly secrets: readonly string[] }
  | {
      readonly mode: 'bearer';
      readonly secrets: readonly string[];
      readonly header: string;
      /** True: `Bearer ` stands before the token. */
      readonly prefix: boolean;
    }
  | ({ readonly mode: 'hmac'; readonly secrets: readonly string[] } & HmacPlan);

/** The part of a webhook that comes first. */
export interface WebhookHead {
  readonly method: string;
  /** By name in lower case, each line on its own: `headersDistinct` of node:http. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
}

export const WebhookRefusals = [
  /** A header that has to be there is not. */
  'header-missing',
  /** It is there twice: others on the way may go by another one than we do. */
  'header-repeated',
  /** Secret, token or signature cannot be one: without its prefix, of another length, with other characters. */
  'credential-malformed',
  'credential-wrong',
  'timestamp-malformed',
  /** Older than the tolerance, or newer: the clocks may differ. */
  'timestamp-stale',
  'timestamp-future',
] as const;
export type WebhookRefusal = (typeof WebhookRefusals)[number];

/** What the head of a webhook tells. */
export type HeadVerdict =
  | { readonly kind: 'authentic' }
  /** `ageMs` of the timestamp if that is the reason; negative: ahead. */
  | { readonly kind: 'refused'; readonly reason: WebhookRefusal; readonly ageMs?: number }
  /** The body decides. */
  | { readonly kind: 'signed'; readonly fits: (body: Uint8Array) => boolean };

/** Tells Vapi from others. */
export interface WebhookAuthenticator {
  /** What a sender has to do, for the answer to one who did not; without anything secret. */
  readonly instruction: string;
  /** @param nowMs wall clock, epoch ms */
  checkHead(head: WebhookHead, nowMs: number): HeadVerdict;
}
