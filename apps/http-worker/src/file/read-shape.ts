import { isContractError, parse } from '@interject/contracts';
import type { FileProblem } from './file-problem.js';

/** A mapping as YAML gives it. */
export type RawMapping = Readonly<Record<string, unknown>>;

/** An entry, unless there are problems. */
export interface ReadShape<T> {
  readonly entry?: T;
  readonly problems: readonly FileProblem[];
}

/** True for what YAML writes as `key: value`. */
export function isMapping(data: unknown): data is RawMapping {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function valueAt(data: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((inner, key) => (inner as RawMapping | null | undefined)?.[key], data);
}

/** All that is wrong with a field that is not there is that it is not there. */
function readable(problems: readonly FileProblem[], data: unknown): FileProblem[] {
  const missing = new Set(problems.map(({ field }) => field).filter((field) => valueAt(data, field) === undefined));
  const others = problems.filter(({ field }) => !missing.has(field));
  return [...[...missing].map((field) => ({ field, problem: 'is missing' })), ...others];
}

/**
 * The shape alone.
 *
 * @param path of the mapping in the tool, empty for the tool itself
 * @returns the entry, or every field that does not fit
 */
export function readShape<T extends object>(contract: new () => T, data: unknown, path = ''): ReadShape<T> {
  try {
    return { entry: parse(contract, data), problems: [] };
  } catch (error) {
    if (!isContractError(error)) throw error;
    const prefix = path === '' ? '' : `${path}.`;
    const problems = readable(error.problems, data);
    return { problems: problems.map(({ field, problem }) => ({ field: `${prefix}${field}`, problem })) };
  }
}

/** The same for a part that may be missing: what is no mapping is a fault of the whole. */
export function readPart<T extends object>(contract: new () => T, data: unknown, path: string): ReadShape<T> {
  return isMapping(data) ? readShape(contract, data, path) : { problems: [] };
}
