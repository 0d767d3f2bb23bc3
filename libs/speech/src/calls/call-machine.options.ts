import type { FloorState } from '../speech/floor.js';
import type { RecordedUtterances } from './call-parts.types.js';

/** What a call's machine is told at its start, and asks. */
export interface CallMachineOptions {
  /** Last entry of the ledger for each of the call's utterances, after a change of owner. */
  readonly recorded?: RecordedUtterances;
  /** What this process knew of the floor before it lost the call for a while. */
  readonly floor?: FloorState;
  /** Floor events from before this time are not there any more, milliseconds since the epoch; default: all are. */
  readonly floorSince?: number;
  /** Whether a speech may be begun now, for reasons that lie outside the call; asked before each. See `CallMachine.isHeldBack`. */
  readonly mayBegin?: () => boolean;
  /** Whether speech is switched off in this call; asked before each. See `CallMachine.isSilenced`. */
  readonly isMuted?: () => boolean;
}
