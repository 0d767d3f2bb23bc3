import type { CallStatus } from '@interject/contracts';

export const CallLookupProblems = [
  /** 401 or 403: the private API key is wrong, or belongs to another organisation or region. */
  'api-auth',
  /** Another 4xx. */
  'api-refused',
  /** 429. */
  'api-throttled',
  /** A 5xx. */
  'api-failing',
  /** No answer in time, or none at all. */
  'api-unreachable',
  /** A redirect, which is not followed: it would carry the key elsewhere. */
  'api-redirect',
  /** An answer that is not a call in JSON, or larger than 10 MB. */
  'api-unreadable',
  /** The id cannot stand in a path: nothing was asked. */
  'unsafe-call-id',
] as const;
export type CallLookupProblem = (typeof CallLookupProblems)[number];

/** What Vapi's REST API says of a call. Its `status` is current, unlike the one inside webhooks (VAPI.md 1.6). */
export type CallLookupResult =
  | {
      readonly kind: 'found';
      readonly status: CallStatus;
      readonly controlUrl?: string;
      readonly endedReason?: string;
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unavailable'; readonly retryable: boolean; readonly problem: CallLookupProblem };

export interface CallLookupSettings {
  /** Vapi's private API key. */
  readonly apiKey: string;
  /** Default `https://api.vapi.ai`; the EU's is `https://api.eu.vapi.ai`. */
  readonly baseUrl?: string;
  /** Per request; default 5000. */
  readonly timeoutMs?: number;
}
