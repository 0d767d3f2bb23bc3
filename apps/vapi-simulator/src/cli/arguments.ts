import { parseArgs } from 'node:util';
import type { Override } from '../scenario/scenario-source.js';

export type Command =
  | { readonly kind: 'serve' }
  | {
      readonly kind: 'call';
      readonly file: string;
      readonly timeFactor: number | undefined;
      readonly jsonFile: string | undefined;
      /** Prints a table of the call instead of what happens as it happens. */
      readonly timeline: boolean;
      readonly overrides: readonly Override[];
    }
  | { readonly kind: 'help' };

export const USAGE = `usage:
  serve                          run the simulator as a server
  call <scenario.yaml> [options] play a scenario against the gateway
    --time-factor <number>       how much faster than real time, 0.01 to 1000
    --timeline                   print a table of the call at its end, instead of each event as it happens
    --json <file>                write a report with all events
    --set <key=value>            set a variable or a key of the scenario, any number of times`;

/** The command line has a fault; the text says which. */
export class UsageError extends Error {
  readonly code = 'usage';
  readonly retryable = false;
}

/**
 * Reads the command line.
 * @throws UsageError
 */
export function parseCommand(args: readonly string[]): Command {
  const { positionals, values } = readArguments(args);
  const [command, file, ...rest] = positionals;
  if (values.help === true || command === 'help') return { kind: 'help' };
  if (command === 'serve' && file === undefined) return { kind: 'serve' };
  if (command !== 'call') throw new UsageError(`expected serve or call, found ${command ?? 'nothing'}\n${USAGE}`);
  if (file === undefined || rest.length > 0) throw new UsageError(`call expects one scenario file\n${USAGE}`);
  return {
    kind: 'call',
    file,
    timeFactor: readTimeFactor(values['time-factor']),
    jsonFile: values.json,
    timeline: values.timeline === true,
    overrides: (values.set ?? []).map(readOverride),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'time-factor': { type: 'string' },
        json: { type: 'string' },
        timeline: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'unreadable arguments'}\n${USAGE}`, {
      cause: error,
    });
  }
}

function readTimeFactor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const factor = Number(text);
  if (factor >= 0.01 && factor <= 1_000) return factor;
  throw new UsageError('--time-factor expects a number from 0.01 to 1000');
}

function readOverride(pair: string): Override {
  const split = pair.indexOf('=');
  if (split < 1) throw new UsageError('--set expects key=value');
  return { key: pair.slice(0, split), value: pair.slice(split + 1) };
}
