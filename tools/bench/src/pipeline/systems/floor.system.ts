import { fileURLToPath } from 'node:url';
import { freePort } from '@interject/testing';
import type { FloorGatewayOptions, FloorOptions } from '../floor/floor.types.js';
import { ChildProgram } from '../process/child-program.js';
import type { BenchStage, PipelineSystem, RunningSystem } from '../system.types.js';

const SECRET = 'webhook-secret-of-bench';

/** The same three hops by hand. @param name two of them, run beside each other, show the noise */
export function floorSystem(name: string): PipelineSystem {
  return {
    name,
    about: 'three processes by hand: node:http and nats, file storage, explicit acknowledgements; no guarantee beyond',
    broker: 'nats',
    remembersCalls: false,
    settleMs: 0,
    start,
  };
}

async function start({ natsUrl, nodeArguments }: BenchStage): Promise<RunningSystem> {
  const port = await freePort();
  const programs = new Map<string, ChildProgram>();
  const stop = async (): Promise<void> => {
    await Promise.all([...programs.values()].map((program) => program.stop()));
  };
  const begin = async (role: string, options: FloorOptions | FloorGatewayOptions): Promise<void> => {
    const script = fileURLToPath(new URL(`../floor/${role}.main.js`, import.meta.url));
    programs.set(role, (await ChildProgram.start(`floor ${role}`, script, options, nodeArguments(role))).program);
  };
  try {
    await begin('notifier', { natsUrl });
    await begin('worker', { natsUrl });
    await begin('gateway', { natsUrl, port, secret: SECRET });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    webhookUrl: `http://127.0.0.1:${String(port)}/vapi/webhook`,
    headers: { 'x-vapi-secret': SECRET },
    processes: new Map([...programs].map(([role, { pid }]) => [role, pid])),
    stop,
  };
}
