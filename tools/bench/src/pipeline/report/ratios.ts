import { quantile } from '../../random/quantile.js';
import type { LoadFigures, SystemRun } from '../measure/figures.types.js';
import { ServiceRoles } from '../system.types.js';

/** The systems of one round, in the order in which they ran. */
export type Round = readonly SystemRun[];

/** A figure of one run, e.g. its CPU at a rate. */
export type Figure = (run: SystemRun) => number | undefined;

/** CPU of gateway, worker and notifier together, microseconds a tool call. */
export function serviceCpuUs({ cpuUs }: LoadFigures): number {
  return ServiceRoles.reduce((sum, role) => sum + (cpuUs[role] ?? 0), 0);
}

/** Highest sustained rate: 0 when it was looked for and none was. */
export function sustainedRate({ sustainedRate: rate, search }: SystemRun): number | undefined {
  return rate ?? (search.length > 0 ? 0 : undefined);
}

export function loadAt(run: SystemRun, rate: number): LoadFigures | undefined {
  return run.loads.find((load) => load.rate === rate);
}

/** The middle one; of an even number, the middle between both. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((one, other) => one - other);
  const [lower = 0, upper = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (lower + upper) / 2;
}

/** Median over the rounds of a figure of a system. */
export function medianFigure(rounds: readonly Round[], system: string, figure: Figure): number | undefined {
  return median(valuesOf(rounds, (round) => figureIn(round, system, figure)));
}

/** Median over the rounds of the ratio to the base within the same round: what slows a whole round down drops out. */
export function medianRatio(
  rounds: readonly Round[],
  system: string,
  base: string,
  figure: Figure,
): number | undefined {
  return median(
    valuesOf(rounds, (round) => {
      const [own, other] = [figureIn(round, system, figure), figureIn(round, base, figure)];
      return own === undefined || other === undefined || other === 0 ? undefined : own / other;
    }),
  );
}

/** The largest over the rounds. */
export function largest(rounds: readonly Round[], system: string, figure: Figure): number | undefined {
  return quantile(
    valuesOf(rounds, (round) => figureIn(round, system, figure)),
    1,
  );
}

function figureIn(round: Round, system: string, figure: Figure): number | undefined {
  const run = round.find((each) => each.system === system);
  return run === undefined ? undefined : figure(run);
}

function valuesOf(rounds: readonly Round[], of: (round: Round) => number | undefined): number[] {
  return rounds.map(of).filter((value) => value !== undefined);
}
