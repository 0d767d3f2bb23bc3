import { MAX_ID_LENGTH } from '@interject/contracts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Longest control URL that is taken over; real ones have about 110 characters (VAPI.md 2.1). */
const MAX_CONTROL_URL_LENGTH = 2048;

/** White space and variation selectors alone are as good as no id; class-validator does not count the latter. */
const HAS_VISIBLE_CHARACTER = /[^\s\uFE0E\uFE0F]/;

const ISO_DATE_TIME = /^\d{4}-\d{2}-\d{2}T/;

/** The value as an object, or undefined for anything else (arrays and null too). */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The value as a list; anything else is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The objects in a list; what else is in it is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).flatMap((item) => {
    const object = objectOf(item);
    return object === undefined ? [] : [object];
  });
}

/** An opaque id that fits the contracts, or undefined. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH && HAS_VISIBLE_CHARACTER.test(value)
    ? value
    : undefined;
}

/** A count from 0, or undefined: what is not one is left out rather than refused. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/**
 * Reads `message.timestamp`: milliseconds since October 2024, an ISO string before (VAPI.md 1.1).
 *
 * @param fallback the time of receipt in ms, taken when the value is neither
 * @returns whole milliseconds since the epoch
 */
export function timestampOf(value: unknown, fallback: number): number {
  const read = typeof value === 'string' && ISO_DATE_TIME.test(value) ? Date.parse(value) : value;
  if (typeof read !== 'number') return fallback;
  // Vapi's times may have a fraction (VAPI.md 1.1).
  const rounded = Math.round(read);
  return Number.isSafeInteger(rounded) && rounded > 0 ? rounded : fallback;
}

const ONE_DAY_SECONDS = 86_400;

/**
 * Reads a number of seconds within a day, or a string that holds one.
 *
 * @returns whole milliseconds from 1, or undefined for anything else
 */
export function callDurationOf(seconds: unknown): number | undefined {
  const read = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds;
  if (typeof read !== 'number' || !(read > 0) || read > ONE_DAY_SECONDS) return undefined;
  return Math.max(1, Math.round(read * 1000));
}

/** Who the event is about. `invalid`: there is a call, but its id cannot be used. */
export type CallReference =
  | { readonly kind: 'call'; readonly id: string; readonly controlUrl?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' };

/** Reads id and control URL of `message.call`, and nothing else of it: `call.status` is stale (VAPI.md 1.6). */
export function callOf(message: JsonObject): CallReference {
  const call = objectOf(message['call']);
  const rawId = call?.['id'];
  if (call === undefined || rawId === undefined || rawId === null) return { kind: 'none' };
  const id = idOf(rawId);
  if (id === undefined) return { kind: 'invalid' };
  const url = objectOf(call['monitor'])?.['controlUrl'];
  const usable = typeof url === 'string' && url !== '' && url.length <= MAX_CONTROL_URL_LENGTH;
  return { kind: 'call', id, ...(usable ? { controlUrl: url } : {}) };
}
