import type { PipelineSystem } from '../system.types.js';
import type { LoadFigures, SearchStep, SystemRun } from './figures.types.js';
import { keptUp } from './load-figures.js';
import type { SustainedRule } from './load-figures.js';
import { Session } from './session.js';
import type { StageSettings } from './stage.js';
import { nextRate, sustainedRateOf } from './sustained-search.js';
import type { SearchSettings } from './sustained-search.js';

export interface RunSettings extends StageSettings {
  readonly seed: string;
  readonly rates: readonly number[];
  /** How long each rate lasts; a low one lasts longer, until there are enough tool calls for a median. */
  readonly seconds: number;
  /** Speech updates a second; 0: no such stretch. */
  readonly floodRate: number;
  /** Undefined: the highest rate is not looked for. */
  readonly search: SearchPlan | undefined;
}

export interface SearchPlan extends Omit<SearchSettings, 'firstRate'>, SustainedRule {
  readonly seconds: number;
}

/** Compilers have to have seen the code some thousand times. */
const WARM_UP = { rate: 250, seconds: 6 } as const;
/** Tool calls a second beside the flood, and the live calls whose speech it tells of. */
export const FLOOD_SCENE = { rate: 200, calls: 200 } as const;
const MIN_TOOL_CALLS = 200;
const MAX_STRETCH = 2.5;

/** At a low rate a stretch lasts longer, within reason. */
export function secondsOf(rate: number, seconds: number): number {
  return Math.min(Math.max(seconds, MIN_TOOL_CALLS / rate), seconds * MAX_STRETCH);
}

/** Measures one system from start to end. @param label e.g. `1-interject`; @param tell gets a line of progress now and then */
export async function runSystem(
  system: PipelineSystem,
  run: { readonly number: number; readonly label: string; readonly seed: string },
  settings: RunSettings,
  tell: (line: string) => void,
): Promise<SystemRun> {
  const session = await Session.start(system, run.number, run.label, settings);
  try {
    await session.observe({ seed: `${run.seed}/warm-up`, ...WARM_UP });
    await session.measureIdle();
    const loads: LoadFigures[] = [];
    for (const rate of settings.rates) {
      const seconds = secondsOf(rate, settings.seconds);
      loads.push(await session.measure({ seed: `${run.seed}/${String(rate)}`, rate, seconds }));
      tell(`${run.label}: ${String(rate)}/s done`);
    }
    const flood = settings.floodRate === 0 ? undefined : await runFlood(session, run.seed, settings);
    const search =
      settings.search === undefined ? [] : await searchRate(session, run.seed, settings.search, loads, tell);
    return {
      system: system.name,
      idleCpu: session.idleCpu,
      loads,
      flood,
      search,
      sustainedRate: sustainedRateOf(search),
    };
  } finally {
    await session.close();
  }
}

async function runFlood(session: Session, seed: string, { seconds, floodRate }: RunSettings): Promise<LoadFigures> {
  const { rate, calls } = FLOOD_SCENE;
  return session.measure({ seed: `${seed}/flood`, rate, seconds, flood: { rate: floodRate, calls } });
}

async function searchRate(
  session: Session,
  seed: string,
  plan: SearchPlan,
  loads: readonly LoadFigures[],
  tell: (line: string) => void,
): Promise<SearchStep[]> {
  const steps: SearchStep[] = [];
  const settings = { ...plan, firstRate: firstRateOf(loads) };
  for (;;) {
    const rate = nextRate(steps, settings);
    if (rate === undefined) return steps;
    const observed = await session.observe({ seed: `${seed}/search/${String(rate)}`, rate, seconds: plan.seconds });
    const verdict = keptUp(observed, plan);
    steps.push({ rate, ...verdict });
    tell(`  ${String(rate)}/s: ${verdict.isSustained ? 'sustained' : 'not sustained'}`);
  }
}

/** Some way below what one core would do: the busiest process is the first to be full. */
export function firstRateOf(loads: readonly LoadFigures[]): number {
  const busiest = loads.at(-1);
  const us = busiest === undefined ? 0 : Math.max(0, ...Object.values(busiest.cpuUs));
  return us === 0 ? 1000 : Math.round(600_000 / us);
}
