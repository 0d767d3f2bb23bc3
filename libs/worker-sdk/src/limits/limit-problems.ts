import type { ToolRegistration } from '../tool-source.types.js';

/** Jobs of one call that one replica runs at a time, unless the tool says otherwise. */
export const DEFAULT_CONCURRENCY_PER_CALL = 10;

const MAX_CONCURRENCY = 10_000;
const MAX_LIMIT = 10_000;
const MAX_PER_MS = 3_600_000;

function rangeProblems(field: string, value: unknown, max: number): string[] {
  const fits = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
  return fits ? [] : [`${field} must be an integer from 1 to ${String(max)}`];
}

/** What is wrong with the limits of a tool. They may come from a file: types promise nothing. */
export function limitProblems(
  tool: Pick<ToolRegistration, 'concurrency' | 'concurrencyPerCall' | 'rateLimit'>,
): string[] {
  const { concurrency, concurrencyPerCall, rateLimit } = tool;
  const problems = rangeProblems('concurrency', concurrency, MAX_CONCURRENCY);
  if (concurrencyPerCall !== undefined) {
    problems.push(...rangeProblems('concurrencyPerCall', concurrencyPerCall, MAX_CONCURRENCY));
  }
  if (rateLimit === undefined) return problems;
  if (typeof rateLimit !== 'object' || (rateLimit as unknown) === null) {
    return [...problems, 'rateLimit must be { limit, perMs }'];
  }
  return [
    ...problems,
    ...rangeProblems('rateLimit.limit', rateLimit.limit, MAX_LIMIT),
    ...rangeProblems('rateLimit.perMs', rateLimit.perMs, MAX_PER_MS),
  ];
}
