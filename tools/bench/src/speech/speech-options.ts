import { DEFAULT_SPEECH_SETTINGS } from '@interject/speech';
import type { SpeechSettings } from '@interject/speech';
import { DEFAULT_WORLD } from './world/call-script.js';
import type { WorldOptions } from './world/call-script.js';
import { readOptions, UsageError, wholeNumber } from '../command-line.js';

export const SPEECH_USAGE = [
  '--calls <n>      number of simulated calls (1000)',
  '--seed <text>    another set of calls (interject)',
  '--world trouble=2,replyMs=1000   twice as much goes wrong, the assistant answers later (1 and 800)',
  '--json <file>    the table as JSON too',
  '--check          exit code 1 if a goal is missed',
  '--set quietMs=1000,replyGraceMs=2000        ours with other settings',
  '--sweep quietMs=800,1200 replyGraceMs=2000,2500   ours with each combination',
  '--causes         why ours talked over the caller, or did not know what was heard',
  '--trace <call>   timeline of one call; with --policy <name> under another policy than ours',
] as const;

export type Sweep = ReadonlyMap<keyof SpeechSettings, readonly number[]>;

export interface SpeechOptions {
  readonly calls: number;
  readonly world: WorldOptions;
  readonly json: string | undefined;
  readonly check: boolean;
  readonly causes: boolean;
  readonly trace: number | undefined;
  readonly policy: string | undefined;
  readonly settings: SpeechSettings;
  readonly sweep: Sweep | undefined;
}

const MOST_CALLS = 1_000_000;
const ONE_HOUR_MS = 3_600_000;

/** @throws UsageError */
export function readSpeechOptions(args: readonly string[]): SpeechOptions {
  const { options, rest } = readOptions(args, {
    calls: 'value',
    seed: 'value',
    world: 'value',
    json: 'value',
    check: 'flag',
    set: 'value',
    sweep: 'value',
    causes: 'flag',
    trace: 'value',
    policy: 'value',
  });
  const sweepText = options.get('sweep');
  if (rest.length > 0 && sweepText === undefined) throw new UsageError(`unexpected argument "${rest[0] ?? ''}"`);
  const trace = options.get('trace');
  return {
    calls: wholeNumber('--calls', options.get('calls') ?? '1000', 1, MOST_CALLS),
    world: { ...DEFAULT_WORLD, seed: options.get('seed') ?? 'interject', ...readWorld(options.get('world')) },
    json: options.get('json'),
    check: options.has('check'),
    causes: options.has('causes'),
    trace: trace === undefined ? undefined : wholeNumber('--trace', trace, 0, MOST_CALLS),
    policy: options.get('policy'),
    settings: { ...DEFAULT_SPEECH_SETTINGS, ...readSet(options.get('set')) },
    sweep: sweepText === undefined ? undefined : new Map([sweepText, ...rest].map(readDimension)),
  };
}

/** @throws UsageError */
function readWorld(text: string | undefined): Partial<WorldOptions> {
  if (text === undefined) return {};
  const known: Record<string, number> = {};
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=');
    const number = value === '' ? Number.NaN : Number(value);
    const most = name === 'trouble' ? 20 : 3000;
    if (!(name in DEFAULT_WORLD) || name === 'seed' || !(number >= 0 && number <= most)) {
      throw new UsageError(`--world takes trouble=0..20 and replyMs=0..3000, not "${part}"`);
    }
    known[name] = number;
  }
  return known;
}

/** Every combination of a sweep over `base`, the first dimension slowest. */
export function combinationsOf(sweep: Sweep, base: SpeechSettings): SpeechSettings[] {
  let all: SpeechSettings[] = [base];
  for (const [name, values] of sweep) {
    all = all.flatMap((settings) => values.map((value) => ({ ...settings, [name]: value })));
  }
  return all;
}

function readSet(text: string | undefined): Partial<SpeechSettings> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name, [value]] = readDimension(part);
      return [name, value];
    }),
  );
}

function readDimension(text: string): [keyof SpeechSettings, number[]] {
  const [name = '', values = '', ...more] = text.split('=');
  if (!isSetting(name)) {
    throw new UsageError(`unknown setting "${name}"; known: ${Object.keys(DEFAULT_SPEECH_SETTINGS).join(', ')}`);
  }
  if (values === '' || more.length > 0) throw new UsageError(`"${text}" must be like ${name}=1000`);
  return [name, values.split(',').map((value) => wholeNumber(name, value, 0, ONE_HOUR_MS))];
}

function isSetting(name: string): name is keyof SpeechSettings {
  return Object.hasOwn(DEFAULT_SPEECH_SETTINGS, name);
}
