import type { HeadVerdict } from './webhook-auth.types.js';

/** How far the timestamp of a signed webhook may be from our clock, either way. */
export const WEBHOOK_TOLERANCE_MS = 300_000;

/** Vapi does not say whether it counts seconds or milliseconds (VAPI.md 3). As seconds this is the year 5138, as ms 1973. */
const SMALLEST_MS = 100_000_000_000;
const NUMBER = /^\d{1,14}(?:\.\d{1,9})?$/;

/** @returns why a webhook with this timestamp is refused, if it is */
export function timestampRefusal(
  text: string,
  nowMs: number,
): Extract<HeadVerdict, { readonly kind: 'refused' }> | undefined {
  if (!NUMBER.test(text)) return { kind: 'refused', reason: 'timestamp-malformed' };
  const number = Number(text);
  const ageMs = Math.round(nowMs - (number < SMALLEST_MS ? number * 1000 : number));
  if (ageMs > WEBHOOK_TOLERANCE_MS) return { kind: 'refused', reason: 'timestamp-stale', ageMs };
  if (ageMs < -WEBHOOK_TOLERANCE_MS) return { kind: 'refused', reason: 'timestamp-future', ageMs };
  return undefined;
}
