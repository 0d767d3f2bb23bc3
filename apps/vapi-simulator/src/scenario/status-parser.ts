import type { ScenarioNode } from './scenario-node.js';

/** Reads an HTTP status. */
export function parseStatus(node: ScenarioNode): number {
  return node.number('an HTTP status from 200 to 599', { min: 200, max: 599, integer: true });
}
