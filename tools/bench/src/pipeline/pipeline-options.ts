import { resolve } from 'node:path';
import { readOptions, UsageError, wholeNumber } from '../command-line.js';
import type { RunSettings, SearchPlan } from './measure/run-system.js';

export const PIPELINE_USAGE = [
  '--systems <list>   which ones, e.g. floor,interject (all)',
  '--rates <list>     tool calls a second, ascending (20,200,1000)',
  '--seconds <n>      how long each rate lasts (5); a low one longer, for the median',
  '--rounds <n>       how often all is measured; ratios are taken within a round (3)',
  '--flood <n>        speech updates a second in a further stretch of 200 tool calls a second (1000); 0: none',
  '--no-search        do not look for the highest sustained rate',
  '--keep-alive       the control URLs keep connections; Vapi closes them after each answer',
  '--quick            one round, no flood, no search',
  '--seed <text>      other arrival times (interject)',
  '--json <file>      all figures as JSON too',
  '--judge            exit code 1 if a goal is missed; mind the noise of a shared machine',
  '--cpu-prof <dir>   CPU profiles of all services into that folder; they cost time themselves',
] as const;

export interface PipelineOptions extends RunSettings {
  /** Undefined: all that can run here. */
  readonly systems: readonly string[] | undefined;
  readonly rounds: number;
  readonly json: string | undefined;
  readonly judge: boolean;
}

const HIGHEST_RATE = 20_000;
const SEARCH: SearchPlan = {
  seconds: 2,
  boundMs: 500,
  share: 0.99,
  stride: 1.4,
  resolution: 1.12,
  maxSteps: 6,
  highestRate: HIGHEST_RATE,
};

/**
 * @param known names of all systems
 * @throws UsageError
 */
export function readPipelineOptions(args: readonly string[], known: readonly string[]): PipelineOptions {
  const { options, rest } = readOptions(args, {
    systems: 'value',
    rates: 'value',
    seconds: 'value',
    rounds: 'value',
    flood: 'value',
    'no-search': 'flag',
    'keep-alive': 'flag',
    quick: 'flag',
    seed: 'value',
    json: 'value',
    judge: 'flag',
    'cpu-prof': 'value',
  });
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0] ?? ''}"`);
  const isQuick = options.has('quick');
  const number = (name: string, usual: number, least: number, most: number): number =>
    wholeNumber(`--${name}`, options.get(name) ?? String(usual), least, most);
  const cpuProfiles = options.get('cpu-prof');
  return {
    systems: readSystems(options.get('systems'), known),
    rates: readRates(options.get('rates') ?? '20,200,1000'),
    seconds: number('seconds', 5, 1, 600),
    rounds: number('rounds', isQuick ? 1 : 3, 1, 100),
    floodRate: number('flood', isQuick ? 0 : 1000, 0, HIGHEST_RATE),
    search: isQuick || options.has('no-search') ? undefined : SEARCH,
    keepsConnections: options.has('keep-alive'),
    seed: options.get('seed') ?? 'interject',
    json: options.get('json'),
    judge: options.has('judge'),
    cpuProfiles: cpuProfiles === undefined ? undefined : resolve(cpuProfiles),
  };
}

function readSystems(text: string | undefined, known: readonly string[]): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = listOf('--systems', text);
  const foreign = names.find((name) => !known.includes(name));
  if (foreign !== undefined) throw new UsageError(`no system "${foreign}"; there is: ${known.join(', ')}`);
  return names;
}

function readRates(text: string): readonly number[] {
  const rates = listOf('--rates', text).map((rate) => wholeNumber('--rates', rate, 1, HIGHEST_RATE));
  if (rates.some((rate, at) => rate < (rates[at - 1] ?? 0))) throw new UsageError('--rates must ascend');
  return rates;
}

function listOf(name: string, text: string): readonly string[] {
  const values = text.split(',');
  if (values.includes('')) throw new UsageError(`${name} is a list like a,b without gaps, not "${text}"`);
  if (new Set(values).size < values.length) throw new UsageError(`${name} names something twice: "${text}"`);
  return values;
}
