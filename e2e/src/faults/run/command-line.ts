import { parseArgs } from 'node:util';

/** What `npm run test:faults` was asked for. */
export interface Wishes {
  readonly seeds: readonly number[];
  /** Names of faults; empty: all that are not optional. */
  readonly only: readonly string[];
  readonly isHelp: boolean;
  readonly isList: boolean;
  /** Only one of each kind. */
  readonly isShort: boolean;
  /** The optional ones too. */
  readonly isAll: boolean;
  /** Load behind each fault, at least. */
  readonly afterMs: number | undefined;
  /** Series that are played at a time. */
  readonly lanes: number;
  readonly slack: number;
  /** New calls a second, instead of what a fault says. */
  readonly callsPerSecond: number | undefined;
}

export const USAGE = `npm run test:faults [-- options]
  --list              the faults, and what they do
  --only a,b          these faults
  --seeds 1,2,3       a pass over the faults with each seed (default: 1; ten passes: 1-10)
  --lanes n           systems that are played with at a time (default: 2, with --short 1)
  --seconds n         load for n seconds behind each fault, at least (default: 1.5)
  --rate n            new calls a second, in each system (default: 4)
  --slack n           bounds of time n times wider, on a slow machine (default: 1)
  --all               also the faults that are left out because they take long or need more than a plain machine
  --short             only one fault of each kind`;

/** @throws Error that says what is wrong with the arguments */
export function parseWishes(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      seeds: { type: 'string', default: '1' },
      lanes: { type: 'string' },
      seconds: { type: 'string' },
      rate: { type: 'string' },
      slack: { type: 'string', default: '1' },
      all: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
    },
  });
  return {
    seeds: values.seeds.split(',').flatMap(seedsOf),
    only: values.only.flatMap((names) => names.split(',')),
    isHelp: values.help,
    isList: values.list,
    isShort: values.short,
    isAll: values.all,
    afterMs: values.seconds === undefined ? undefined : positive('--seconds', values.seconds) * 1000,
    lanes: positive('--lanes', values.lanes ?? (values.short ? '1' : '2'), Number.isSafeInteger),
    slack: positive('--slack', values.slack),
    callsPerSecond: values.rate === undefined ? undefined : positive('--rate', values.rate),
  };
}

/** `7`, or `1-10`. */
function seedsOf(text: string): number[] {
  const whole = (seed: string): number => positive('--seeds', seed, Number.isSafeInteger);
  const range = /^(\d+)-(\d+)$/.exec(text);
  if (range === null) return [whole(text)];
  const [from, to] = [whole(range[1] ?? ''), whole(range[2] ?? '')];
  if (to < from) throw new Error(`--seeds wants the smaller seed first, not "${text}".`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function positive(option: string, text: string, isRight: (value: number) => boolean = Number.isFinite): number {
  const value = Number(text);
  if (text.trim() === '' || value <= 0 || !isRight(value)) {
    throw new Error(`${option} wants a number above 0${isRight(0.5) ? '' : ', whole'}, not "${text}".`);
  }
  return value;
}
