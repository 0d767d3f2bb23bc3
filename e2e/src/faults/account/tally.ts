import type { Account, Fate, ToolCallEntry } from './account.types.js';
import type { RunResult } from '../run/series-run.js';

/** How many tool calls came to which end. */
export function tally({ entries }: Account): Readonly<Record<Fate, number>> {
  const count = (fate: Fate): number => entries.filter((entry) => entry.fate === fate).length;
  return {
    said: count('said'),
    repeated: count('repeated'),
    'unconfirmed-said': count('unconfirmed-said'),
    'unconfirmed-unsaid': count('unconfirmed-unsaid'),
    undelivered: count('undelivered'),
    'cut-by-end': count('cut-by-end'),
    'not-accepted': count('not-accepted'),
    lost: count('lost'),
    twice: count('twice'),
  };
}

/** Later than right. */
export function isLate({ delayMs = 0, allowedMs }: ToolCallEntry): boolean {
  return delayMs > allowedMs;
}

/** Tool calls with which something is wrong. */
export function wrongEntries({ account, fault }: RunResult): ToolCallEntry[] {
  const isBad = (entry: ToolCallEntry): boolean =>
    entry.fate === 'lost' ||
    entry.fate === 'twice' ||
    (entry.fate === 'not-accepted' && fault.bounds?.allAccepted === true) ||
    isLate(entry);
  return account.entries.filter(isBad);
}

export function hasPassed(result: RunResult): boolean {
  return result.complaints.length === 0 && wrongEntries(result).length === 0;
}

/** The one that took longest to go on. */
export function slowest({ entries }: Account): ToolCallEntry | undefined {
  return entries.reduce<ToolCallEntry | undefined>(
    (worst, entry) => ((entry.delayMs ?? -1) > (worst?.delayMs ?? -1) ? entry : worst),
    undefined,
  );
}
