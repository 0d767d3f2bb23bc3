import { createInterface } from 'node:readline/promises';
import { SystemClock } from '@interject/observability';
import type { Clock } from '@interject/observability';
import { environment } from '@interject/runtime';
import type { Environment } from '@interject/runtime';
import { printable } from '../printable.js';
import { UsageError } from '../usage.errors.js';

/** What the commands have of the world around them. */
export interface VapiPorts {
  readonly env: () => Environment;
  readonly clock: Clock;
  /** A line of what was asked for. */
  readonly out: (line: string) => void;
  /** A line about what went wrong, or is going on. */
  readonly error: (line: string) => void;
  /** Asks the person at the terminal. @throws UsageError without one */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly exit: (code: number) => void;
}

/** The ports of this process: its environment, its terminal, its exit code. */
export function processPorts(): VapiPorts {
  return {
    env: environment,
    clock: new SystemClock(),
    out: (line) => process.stdout.write(`${printable(line)}\n`),
    error: (line) => process.stderr.write(`${printable(line)}\n`),
    confirm,
    exit: (code) => {
      process.exitCode = code;
    },
  };
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('There is no terminal to ask back at: say --yes to change the Vapi account.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D and Ctrl-C mean no.
  const closed = new Promise<string>((resolve) =>
    terminal.once('close', () => {
      resolve('');
    }),
  );
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
