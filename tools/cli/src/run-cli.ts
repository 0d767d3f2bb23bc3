import { Command, CommanderError } from 'commander';
import { isMessagingError } from '@interject/messaging';
import { environment, isConfigurationError, loadConfigs } from '@interject/runtime';
import { CliConfig } from './cli.config.js';
import { dlqCommand } from './dlq/dlq.command.js';
import type { Terminal } from './terminal.js';
import { isUsageError } from './usage.errors.js';
import { vapiCommand } from './vapi/vapi.command.js';

/** 0: all done; 1: something of it was not done, or is not as it should be; 2: it could not be tried. */
export const CliExitCodes = { Done: 0, Failed: 1, Unusable: 2 } as const;

/**
 * Runs one command.
 *
 * @param args as typed, the name of the command first
 * @returns the exit code
 */
export async function runCli(args: readonly string[]): Promise<number> {
  let exitCode: number = CliExitCodes.Done;
  const terminal: Terminal = {
    out: (line) => {
      console.log(line);
    },
    error: (line) => {
      console.error(line);
    },
    fail: () => {
      exitCode = CliExitCodes.Failed;
    },
  };
  const exit = (code: number): void => {
    exitCode = code;
  };
  try {
    await programFor(terminal, exit).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version end in one of these, too, with code 0; commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? CliExitCodes.Done : CliExitCodes.Unusable;
    if (!isUsageError(error) && !isMessagingError(error) && !isConfigurationError(error)) throw error;
    terminal.error(error.message);
    return CliExitCodes.Unusable;
  }
}

function programFor(terminal: Terminal, exit: (code: number) => void): Command {
  const config = loadConfigs([CliConfig], environment()).get(CliConfig);
  const program = new Command('npm run').helpCommand(false);
  program.addCommand(dlqCommand({ natsUrl: config.natsUrl, terminal, now: Date.now }));
  program.addCommand(vapiCommand({ exit }));
  exitOverride(program);
  return program;
}

/** Commander would end the process itself, before anything that was opened is closed. */
function exitOverride(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) exitOverride(each);
}
