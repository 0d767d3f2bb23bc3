import type { Goal } from '../../speech/report/goals.js';
import { BASE_SYSTEM } from '../systems/systems.js';
import { loadAt, medianRatio, serviceCpuUs, sustainedRate } from './ratios.js';
import type { Figure, Round } from './ratios.js';

const OURS = 'interject';
const LEAST_SUSTAINED = 0.75;
const MOST_CPU = 1.5;
const MOST_P50 = 1.3;

/**
 * What we have to reach beside the floor, as medians of the ratios within a round. p99 is reported and not judged: it is
 * noise on one machine.
 *
 * @returns only what was measured
 */
export function pipelineGoals(rounds: readonly Round[], rates: readonly number[]): readonly Goal[] {
  const goals: Goal[] = [];
  const judge = (text: string, figure: Figure, isMet: (ratio: number) => boolean): void => {
    const ratio = medianRatio(rounds, OURS, BASE_SYSTEM, figure);
    if (ratio !== undefined) goals.push({ text: `${text} (${ratio.toFixed(2)} x)`, isMet: isMet(ratio) });
  };
  judge(
    `sustained rate at least ${String(LEAST_SUSTAINED)} x the floor`,
    sustainedRate,
    (ratio) => ratio >= LEAST_SUSTAINED,
  );
  for (const rate of rates) {
    const at = `at ${String(rate)}/s`;
    judge(
      `CPU per tool call at most ${String(MOST_CPU)} x ${at}`,
      (run) => {
        const load = loadAt(run, rate);
        return load === undefined ? undefined : serviceCpuUs(load);
      },
      (ratio) => ratio <= MOST_CPU,
    );
    judge(
      `webhook to POST p50 at most ${String(MOST_P50)} x ${at}`,
      (run) => loadAt(run, rate)?.post.p50,
      (ratio) => ratio <= MOST_P50,
    );
  }
  const lost = rounds.flat().filter(({ system }) => system === OURS);
  const all = lost.flatMap(({ loads, flood }) => [...loads, ...(flood === undefined ? [] : [flood])]);
  if (all.length > 0) {
    const wrong = all.reduce((sum, { unsaid, repeats, refused }) => sum + Math.max(0, unsaid - refused) + repeats, 0);
    goals.push({ text: `every accepted tool call said once (${String(wrong)} were not)`, isMet: wrong === 0 });
  }
  return goals;
}
