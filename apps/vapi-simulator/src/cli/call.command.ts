import { readFile, writeFile } from 'node:fs/promises';
import { SimulatorServer } from '../server/simulator-server.js';
import { localOrigin, type SimulatorConfig } from '../simulator.config.js';
import type { Command } from './arguments.js';
import { ExitCode } from './exit-codes.js';
import { RefusedError, SimulatorClient } from './simulator-client.js';

/**
 * Plays a scenario on the simulator that listens on the configured port, or on one of its own for the duration.
 * @throws RefusedError, RunError with a message that says what to do
 */
export async function call(
  command: Command & { kind: 'call' },
  config: SimulatorConfig,
  signal: AbortSignal,
): Promise<ExitCode> {
  const text = await readScenario(command.file);
  const running = new SimulatorClient(localOrigin(config.host, config.port));
  if (config.port !== 0 && (await running.isUp())) return submit(running, command, text, signal);
  const server = new SimulatorServer(config);
  const origin = await server.listen();
  try {
    return await submit(new SimulatorClient(origin), command, text, signal);
  } finally {
    await server.close();
  }
}

async function submit(
  client: SimulatorClient,
  command: Command & { kind: 'call' },
  text: string,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { file, timeFactor, overrides, jsonFile, timeline } = command;
  const submission = { file, text, timeFactor, overrides, timeline, withEvents: jsonFile !== undefined };
  const summary = await client.submit(submission, (line) => console.log(line), signal);
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(summary, null, 2)}\n`);
  return summary.verdict === 'passed' ? ExitCode.Ok : ExitCode.Failed;
}

async function readScenario(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RefusedError(`cannot read the scenario file ${file}: give the path of a YAML file`, { cause: error });
  }
}
