import type { PlayedAct } from './account.types.js';

export interface Belonging {
  /** In their order, the first of them from the beginning on. */
  readonly acts: readonly Pick<PlayedAct, 'from' | 'strikes'>[];
  readonly askedAt: number;
  /** When its last record was stored; Infinity without one. */
  readonly overAt: number;
  /** Whether it was too late at a moment, by what is right in an act. */
  readonly isTooLate: (act: number, at: number) => boolean;
}

/**
 * The act that a tool call belongs to: the one during which it was asked for; or a later one, a blow of which fell while
 * it was under way. What was too late by then stays where it was late: the next act is no excuse for it.
 *
 * @returns place in `acts`
 */
export function actOf({ acts, askedAt, overAt, isTooLate }: Belonging): number {
  let index = acts.findLastIndex(({ from }) => from <= askedAt);
  for (const [later, { strikes }] of acts.entries()) {
    if (later <= index) continue;
    const blow = strikes.find(({ at }) => at >= askedAt && at <= overAt);
    if (blow === undefined) continue;
    if (isTooLate(index, blow.at)) break;
    index = later;
  }
  return index;
}
