/**
 * Reads a `Retry-After` header, as `retryAfterMs` of a `ToolError`.
 *
 * @param value as sent: seconds or an HTTP date
 * @param now milliseconds since the epoch, for a date
 * @returns milliseconds, undefined when it is neither a number nor a date
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
