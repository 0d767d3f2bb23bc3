import type { DuplicatePolicy, ToolCallOutcome } from '@interject/contracts';

/**
 * Between a claim and the acknowledged tool call lie milliseconds, at most the time limits of both. A claim whose tool
 * call is not there after this belongs to a gateway that died in between, or to a webhook that was refused (503).
 */
export const CLAIM_PATIENCE_MS = 10_000;

/** After its watchdog a tool call has a result. Without one even this long after, it stands in nobody's way. */
const WATCHDOG_PATIENCE_MS = 60_000;

/** What became of the tool call that holds the claim. Times of day are milliseconds since the epoch. */
export type EarlierToolCall =
  /** Neither tool call nor result is stored. `ageMs` of the claim, at least; undefined: not known. */
  | { readonly kind: 'not-stored'; readonly ageMs: number | undefined }
  /** Somebody asked for it to stop, and it has no result: whoever asks for the same again wants it anew. */
  | { readonly kind: 'stopping' }
  | { readonly kind: 'pending'; readonly requestedAt: number; readonly watchdogMs: number }
  | { readonly kind: 'finished'; readonly outcome: ToolCallOutcome; readonly at: number; readonly words?: string };

/** Why a tool call is not run. */
export type StandsInTheWay = { readonly kind: 'running' } | { readonly kind: 'done'; readonly words?: string };

/** Whether the tool call that holds the claim stands in the way of another one. Pure; undefined: it does not. */
export function standsInTheWay(
  earlier: EarlierToolCall,
  { afterSuccessMs }: Pick<DuplicatePolicy, 'afterSuccessMs'>,
  now: number,
): StandsInTheWay | undefined {
  switch (earlier.kind) {
    case 'not-stored':
      return (earlier.ageMs ?? 0) > CLAIM_PATIENCE_MS ? undefined : { kind: 'running' };
    case 'stopping':
      // It says nothing any more, unless it succeeds all the same: "will be announced" would be a promise that nobody keeps.
      return undefined;
    case 'pending': {
      const patienceMs = earlier.watchdogMs + WATCHDOG_PATIENCE_MS;
      return now - earlier.requestedAt > patienceMs ? undefined : { kind: 'running' };
    }
    case 'finished': {
      // Clocks of other machines may be ahead: what lies in the future has just happened.
      if (earlier.outcome !== 'succeeded' || afterSuccessMs === 0 || now - earlier.at > afterSuccessMs)
        return undefined;
      return { kind: 'done', ...(earlier.words === undefined ? {} : { words: earlier.words }) };
    }
  }
}
