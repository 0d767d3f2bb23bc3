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
  /** Load behind each fault. */
  readonly afterMs: number | undefined;
  readonly slack: number;
  /** New calls a second, instead of what a fault says. */
  readonly callsPerSecond: number | undefined;
}

export const USAGE = `npm run test:faults [-- options]
  --list              the faults, and what they do
  --only a,b          these faults
  --seeds 1,2,3       each fault once with each seed (default: 1)
  --seconds n         load for n seconds behind each fault
  --rate n            new calls a second (default: 8)
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
      seconds: { type: 'string' },
      rate: { type: 'string' },
      slack: { type: 'string', default: '1' },
      all: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
    },
  });
  return {
    seeds: values.seeds.split(',').map((seed) => positive('--seeds', seed, Number.isSafeInteger)),
    only: values.only.flatMap((names) => names.split(',')),
    isHelp: values.help,
    isList: values.list,
    isShort: values.short,
    isAll: values.all,
    afterMs: values.seconds === undefined ? undefined : positive('--seconds', values.seconds) * 1000,
    slack: positive('--slack', values.slack),
    callsPerSecond: values.rate === undefined ? undefined : positive('--rate', values.rate),
  };
}

function positive(option: string, text: string, isRight: (value: number) => boolean = Number.isFinite): number {
  const value = Number(text);
  if (text.trim() === '' || value <= 0 || !isRight(value)) {
    throw new Error(`${option} wants a number above 0${isRight(0.5) ? '' : ', whole'}, not "${text}".`);
  }
  return value;
}
