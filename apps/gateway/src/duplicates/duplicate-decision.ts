import type { DuplicatePolicy, ToolCallOutcome } from '@interject/contracts';

/**
 * Between a claim and the acknowledged tool call lie milliseconds, at most the time limits of both. A claim whose tool
 * call is not there after this belongs to a gateway that died in between, or to a webhook that was refused (503).
 */
export const CLAIM_PATIENCE_MS = 10_000;

/** After its watchdog a tool call has a result. Without one even this long after, it stands in nobody's way. */
const WATCHDOG_PATIENCE_MS = 60_000;

/** What became of the tool call that holds the claim. Times are milliseconds since the epoch. */
export type EarlierToolCall =
  /** Neither tool call nor result is stored. */
  | { readonly kind: 'not-stored'; readonly claimedAt: number }
  | { readonly kind: 'pending'; readonly requestedAt: number; readonly watchdogMs: number }
  | { readonly kind: 'finished'; readonly outcome: ToolCallOutcome; readonly at: number; readonly words?: string };

/** Why a tool call is not run. */
export type StandsInTheWay =
  | { readonly kind: 'running'; readonly forMs: number }
  | { readonly kind: 'done'; readonly agoMs: number; readonly words?: string };

/** Whether the tool call that holds the claim stands in the way of another one. Pure; undefined: it does not. */
export function standsInTheWay(
  earlier: EarlierToolCall,
  { afterSuccessMs }: Pick<DuplicatePolicy, 'afterSuccessMs'>,
  now: number,
): StandsInTheWay | undefined {
  switch (earlier.kind) {
    case 'not-stored': {
      const forMs = since(earlier.claimedAt, now);
      return forMs > CLAIM_PATIENCE_MS ? undefined : { kind: 'running', forMs };
    }
    case 'pending': {
      const forMs = since(earlier.requestedAt, now);
      return forMs > earlier.watchdogMs + WATCHDOG_PATIENCE_MS ? undefined : { kind: 'running', forMs };
    }
    case 'finished': {
      const agoMs = since(earlier.at, now);
      if (earlier.outcome !== 'succeeded' || afterSuccessMs === 0 || agoMs > afterSuccessMs) return undefined;
      return { kind: 'done', agoMs, ...(earlier.words === undefined ? {} : { words: earlier.words }) };
    }
  }
}

/** Clocks of other machines may be ahead. */
function since(time: number, now: number): number {
  return Math.max(0, now - time);
}
