import type { Occurrences } from './faults.types.js';

/** Whether the nth occurrence, from 1, is hit. */
export function hits(occurrences: Occurrences, nth: number): boolean {
  return occurrences === 'all' || occurrences.includes(nth);
}
