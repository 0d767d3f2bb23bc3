import type { Fault, FaultSwitches } from './faults.types.js';
import { hits } from './occurrences.js';

/** Accepted and spoken seconds late: up to 9.6 s were measured (VAPI.md 2.4). */
export function lateRender({ delayMs, nth }: NonNullable<FaultSwitches['lateRender']>): Fault {
  return { name: 'lateRender', speech: (count) => (hits(nth, count) ? { kind: 'late', delayMs } : undefined) };
}

/** Accepted with 2xx and never spoken, without any event (VAPI.md 2.4). */
export function silentDrop({ nth }: NonNullable<FaultSwitches['silentDrop']>): Fault {
  return { name: 'silentDrop', speech: (count) => (hits(nth, count) ? { kind: 'dropped' } : undefined) };
}
