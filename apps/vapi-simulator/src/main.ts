import { parseCommand, USAGE, UsageError } from './cli/arguments.js';
import { call } from './cli/call.command.js';
import { ExitCode } from './cli/exit-codes.js';
import { serve } from './cli/serve.command.js';
import { RefusedError } from './cli/simulator-client.js';
import { isRunError } from './run/run.errors.js';
import { isConfigError, loadConfig } from './simulator.config.js';

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  let stoppedWith: number | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      stoppedWith = code;
      stop.abort();
    });
  }
  // Whoever read the transcript has left (`| head`): there is nobody to play for.
  process.stdout.on('error', () => stop.abort());
  try {
    const command = parseCommand(args);
    switch (command.kind) {
      case 'help':
        console.log(USAGE);
        return ExitCode.Ok;
      case 'serve':
        return await serve(loadConfig(), stop.signal);
      case 'call':
        return await call(command, loadConfig(), stop.signal);
    }
  } catch (error) {
    if (stop.signal.aborted) return stoppedWith ?? ExitCode.Failed;
    if (!isForUser(error)) throw error;
    console.error(error.message);
    return ExitCode.CannotRun;
  }
}

/** Errors whose message says what to do; anything else is a defect and shows its stack. */
function isForUser(error: unknown): error is Error {
  return isRunError(error) || isConfigError(error) || error instanceof UsageError || error instanceof RefusedError;
}

process.exitCode = await main(process.argv.slice(2));
