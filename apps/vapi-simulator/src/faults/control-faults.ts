import type { ControlAnswers } from '../control/control-answers.types.js';
import type { Fault, FaultSwitches } from './faults.types.js';
import { hits } from './occurrences.js';

/** The control URL does not answer for a while, then drops the connection. */
export function controlHang({ forMs, nth, accepted }: NonNullable<FaultSwitches['controlHang']>): Fault {
  return { name: 'controlHang', control: (a) => (hits(nth, a.nth) ? { kind: 'hang', forMs, accepted } : undefined) };
}

/** The control URL answers with an error: single ones, or a burst of some seconds from the first one on. */
export function controlErrors(options: NonNullable<FaultSwitches['controlErrors']>): Fault {
  const { status, nth, forMs, accepted } = options;
  let burstFromMs: number | undefined;
  return {
    name: 'controlErrors',
    control: (attempt) => {
      const inBurst = forMs !== undefined && burstFromMs !== undefined && attempt.atMs < burstFromMs + forMs;
      const starts = forMs === undefined ? hits(nth, attempt.nth) : burstFromMs === undefined && hits(nth, attempt.nth);
      if (!inBurst && !starts) return undefined;
      burstFromMs ??= attempt.atMs;
      return { kind: 'status', status, accepted };
    },
  };
}

/** How a POST without the public key, or with another one, is answered. */
export type KeyAnswers = Pick<ControlAnswers, 'missingKey' | 'wrongKey'>;

/** The control URL asks for the public key (VAPI.md 2.2). */
export function controlAuthentication(publicKey: string, { missingKey, wrongKey }: KeyAnswers): Fault {
  return {
    name: 'controlAuthentication',
    control: ({ authorization }) => {
      if (authorization === `Bearer ${publicKey}`) return undefined;
      return { kind: 'refused', reply: authorization === undefined ? missingKey : wrongKey };
    },
  };
}
