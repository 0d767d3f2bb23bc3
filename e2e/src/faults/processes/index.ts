import type { Fault, ServiceKind } from '../fault.types.js';
import { CHAOS } from './chaos.js';
import { KILL_EACH, killOneOf, killOnly } from './kills.js';
import { STALLS_MS, stall } from './stalls.js';
import { restartOnly, update } from './stops.js';

const KINDS: readonly ServiceKind[] = ['gateway', 'worker', 'notifier'];

/** What happens to our processes. */
export const PROCESS_FAULTS: readonly Fault[] = [
  KILL_EACH,
  ...KINDS.map(killOneOf),
  ...KINDS.map(killOnly),
  ...KINDS.map(update),
  ...KINDS.map(restartOnly),
  ...KINDS.flatMap((kind) => STALLS_MS.map((ms) => stall(kind, ms))),
  CHAOS,
];
