import { SimulatorServer } from '../server/simulator-server.js';
import type { SimulatorConfig } from '../simulator.config.js';
import { ExitCode } from './exit-codes.js';

/** Runs the server until the signal aborts. */
export async function serve(config: SimulatorConfig, signal: AbortSignal): Promise<ExitCode> {
  const server = new SimulatorServer(config);
  const origin = await server.listen();
  console.log(`vapi-simulator listening on ${origin}, webhooks go to ${config.gatewayUrl}`);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
  return ExitCode.Ok;
}
