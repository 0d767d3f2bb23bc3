import { refusal, type ApiAnswer } from './api-answer.js';
import type { Resource } from './resource-store.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const WINDOW = /^(createdAt|updatedAt)(Gt|Lt|Ge|Le)$/;

type Comparison = (value: number, bound: number) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Gt: (value, bound) => value > bound,
  Lt: (value, bound) => value < bound,
  Ge: (value, bound) => value >= bound,
  Le: (value, bound) => value <= bound,
};

/** Picks from resources, in their order, what `GET /tool?...` asks for: a limit and windows, no cursor (VAPI.md 5). */
export function pick(
  resources: readonly Resource[],
  query: Readonly<Record<string, unknown>>,
): readonly Resource[] | ApiAnswer {
  const problems: string[] = [];
  const filters: ((resource: Resource) => boolean)[] = [];
  let limit = DEFAULT_LIMIT;
  for (const [name, value] of Object.entries(query)) {
    const [, field, comparison] = WINDOW.exec(name) ?? [];
    if (name === 'limit') limit = readLimit(value, problems);
    else if (field === undefined || comparison === undefined) problems.push(`property ${name} should not exist`);
    else filters.push(readWindow({ name, field, comparison, value }, problems));
  }
  if (problems.length > 0) return refusal(400, problems);
  return resources.filter((resource) => filters.every((fits) => fits(resource))).slice(0, limit);
}

/** True when {@link pick} refused. */
export function isRefusal(picked: readonly Resource[] | ApiAnswer): picked is ApiAnswer {
  return !Array.isArray(picked);
}

function readLimit(value: unknown, problems: string[]): number {
  const limit = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(limit)) problems.push('limit must be a number conforming to the specified constraints');
  else if (limit > MAX_LIMIT) problems.push(`limit must not be greater than ${MAX_LIMIT}`);
  return limit;
}

function readWindow(
  window: { readonly name: string; readonly field: string; readonly comparison: string; readonly value: unknown },
  problems: string[],
): (resource: Resource) => boolean {
  const bound = typeof window.value === 'string' ? Date.parse(window.value) : Number.NaN;
  const compare = COMPARISONS[window.comparison];
  if (Number.isNaN(bound) || compare === undefined) {
    problems.push(`${window.name} must be a valid ISO 8601 date string`);
    return () => false;
  }
  return (resource) =>
    compare(Date.parse(window.field === 'createdAt' ? resource.createdAt : resource.updatedAt), bound);
}
