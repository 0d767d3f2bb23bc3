import type { Played } from './simulator.js';

/** Fails with the simulator's reasons and the whole transcript, without which a failure tells nothing. */
export function expectPassed(played: Played): void {
  if (played.verdict !== 'passed') throw new Error(`${played.reasons.join('\n')}\n${played.transcript}`);
}
