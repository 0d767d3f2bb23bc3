import { Command, CommanderError } from 'commander';
import { SystemClock } from '@interject/observability';
import { environment, loadConfigs, NatsLoginConfig } from '@interject/runtime';
import { CliExitCodes } from './exit-codes.js';
import { failureText } from './failure-text.js';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';

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
      console.log(printable(line));
    },
    error: (line) => {
      console.error(printable(line));
    },
    fail: () => {
      exitCode = CliExitCodes.Failed;
    },
  };
  const exit = (code: number): void => {
    exitCode = code;
  };
  try {
    const program = await programFor(args[0], { terminal, exit });
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version end in one of these, too, with code 0; commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? CliExitCodes.Done : CliExitCodes.Unusable;
    terminal.error(failureText(error));
    return CliExitCodes.Unusable;
  }
}

interface CliPorts {
  readonly terminal: Terminal;
  readonly exit: (code: number) => void;
}

/** A command is loaded when it is asked for: the other one's libraries cost half a second, and its configuration may be at fault. */
const COMMANDS: Readonly<Record<string, (ports: CliPorts) => Promise<Command>>> = {
  dlq: async ({ terminal }) => {
    const { dlqCommand } = await import('./dlq/dlq.command.js');
    const { natsUrl, access } = loadConfigs([NatsLoginConfig], environment()).get(NatsLoginConfig);
    return dlqCommand({ natsUrl, access, terminal, now: Date.now });
  },
  interject: async ({ terminal }) => {
    const { interjectCommand } = await import('./interject/interject.command.js');
    const env = environment();
    const { natsUrl, access } = loadConfigs([NatsLoginConfig], env).get(NatsLoginConfig);
    return interjectCommand({ natsUrl, access, env, terminal, clock: new SystemClock() });
  },
  vapi: async ({ exit }) => {
    const { vapiCommand } = await import('./vapi/vapi.command.js');
    return vapiCommand({ exit });
  },
};

async function programFor(name: string | undefined, ports: CliPorts): Promise<Command> {
  const wanted = Object.entries(COMMANDS).filter(([each]) => name === each);
  const program = new Command('npm run').helpCommand(false);
  for (const [, load] of wanted.length > 0 ? wanted : Object.entries(COMMANDS)) program.addCommand(await load(ports));
  exitOverride(program);
  return program;
}

/** Commander would end the process itself, before anything that was opened is closed. */
function exitOverride(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) exitOverride(each);
}
