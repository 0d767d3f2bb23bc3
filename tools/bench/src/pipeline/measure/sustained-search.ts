/** Bounds of the search for the highest rate that is sustained. */
export interface SearchSettings {
  /** Tool calls a second to begin with. */
  readonly firstRate: number;
  /** Factor from one try to the next while the bound is not found. */
  readonly stride: number;
  /** The search ends when the failed rate is above the sustained one by this factor at most. */
  readonly resolution: number;
  readonly maxSteps: number;
  readonly highestRate: number;
}

export interface Tried {
  readonly rate: number;
  readonly isSustained: boolean;
}

/** The highest rate that was sustained below every one that was not. */
export function sustainedRateOf(tried: readonly Tried[]): number | undefined {
  const failed = lowestFailed(tried);
  const sustained = tried.filter(({ isSustained, rate }) => isSustained && rate < failed).map(({ rate }) => rate);
  return sustained.length === 0 ? undefined : Math.max(...sustained);
}

/**
 * Which rate to try next: up by the stride until one fails, down until one is sustained, then the geometric middle.
 *
 * @returns undefined when it is known well enough, or the steps are used up
 */
export function nextRate(tried: readonly Tried[], settings: SearchSettings): number | undefined {
  const { firstRate, stride, resolution, maxSteps, highestRate } = settings;
  if (tried.length >= maxSteps) return undefined;
  if (tried.length === 0) return Math.round(Math.min(firstRate, highestRate));
  const sustained = sustainedRateOf(tried);
  const failed = lowestFailed(tried);
  if (sustained === undefined) return atLeastOne(failed / stride);
  if (failed === Infinity)
    return sustained >= highestRate ? undefined : Math.round(Math.min(sustained * stride, highestRate));
  if (failed / sustained <= resolution) return undefined;
  return Math.round(Math.sqrt(sustained * failed));
}

function lowestFailed(tried: readonly Tried[]): number {
  return Math.min(Infinity, ...tried.filter(({ isSustained }) => !isSustained).map(({ rate }) => rate));
}

function atLeastOne(rate: number): number {
  return Math.max(1, Math.round(rate));
}
