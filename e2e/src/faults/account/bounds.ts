import type { Bounds } from '../fault.types.js';

/** After a blow everything goes on within this time (DESIGN 6). */
const GOES_ON_WITHIN_MS = 5000;
/** Longest wait for a quiet moment in these calls when nothing is wrong: two turns of the caller and what is said before. */
const HOLD_MS = 2500;

/** How much the notifier could know of who speaks in a call: late words cost its bound on holding, lost ones more. */
export type Hearing = 'clear' | 'late' | 'lost';

const MORE_MS: Readonly<Record<Hearing, number>> = {
  clear: 0,
  // The notifier's own bound on holding, sped up.
  late: 4000,
  // How long it believes that its own words are spoken when the word of their end never came: twice their time, 1.5 s at
  // most in these calls, and 5 s that are not sped up.
  lost: 8000,
};

/** For how long after it a change of who speaks that was never told matters. */
export const LOST_FOR_MS = MORE_MS.lost;
/** The same of one that was told late, from then on. */
export const LATE_FOR_MS = MORE_MS.late;

/** Longest delay that is right, ms; Infinity when a fault's lateness is not judged. */
export function goesOnWithin(bounds: Bounds | undefined, slack: number, hearing: Hearing = 'clear'): number {
  const isSet = bounds !== undefined && 'goesOnWithinMs' in bounds;
  const goesOnWithinMs = (isSet ? bounds.goesOnWithinMs : GOES_ON_WITHIN_MS) ?? Infinity;
  return (goesOnWithinMs + HOLD_MS + MORE_MS[hearing]) * slack;
}
