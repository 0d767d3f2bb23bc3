import type { Occurrences } from '../faults/faults.types.js';
import type { ScenarioNode } from './scenario-node.js';

/** Reads `nth`: `all`, which is also what a missing one means, a number or a list, counted from 1. */
export function parseOccurrences(node: ScenarioNode): Occurrences {
  if (node.missing || node.value === 'all') return 'all';
  const nth = (n: ScenarioNode): number => n.number('all, or numbers counted from 1', { min: 1, integer: true });
  return Array.isArray(node.value) ? node.list('numbers counted from 1', nth) : [nth(node)];
}
