import { fileURLToPath } from 'node:url';
import { freePort } from '@interject/testing';
import { ChildProgram } from '../process/child-program.js';
import type { BenchStage, PipelineSystem, RunningSystem } from '../system.types.js';
import type { PeerGatewayOptions, PeerOptions } from './express-bullmq.types.js';
import { hasRedisServer, RedisServer } from './redis-server.js';

const SECRET = 'webhook-secret-of-bench';

/** What most teams would build: it says each result as soon as it is there, whoever talks. */
export const expressBullmqSystem: PipelineSystem = {
  name: 'express-bullmq',
  about:
    'Express 5 and BullMQ 6 in three processes, redis-server with appendonly, flushed every second; no guarantee beyond',
  broker: 'own',
  remembersCalls: false,
  settleMs: 0,
  lacks: () => (hasRedisServer() ? undefined : 'redis-server is not installed (apt-get install redis-server)'),
  start,
};

async function start({ directory, nodeArguments }: BenchStage): Promise<RunningSystem> {
  const [redisPort, port] = [await freePort(), await freePort()];
  const redis = await RedisServer.start(redisPort, directory);
  const programs = new Map<string, ChildProgram>();
  const stop = async (): Promise<void> => {
    await Promise.all([...programs.values()].map((program) => program.stop()));
    await redis.stop();
  };
  const begin = async (role: string, options: PeerOptions | PeerGatewayOptions): Promise<void> => {
    const script = fileURLToPath(new URL(`./${role}.main.js`, import.meta.url));
    const name = `express-bullmq ${role}`;
    programs.set(role, (await ChildProgram.start(name, script, options, nodeArguments(role))).program);
  };
  try {
    await begin('notifier', { redisPort });
    await begin('worker', { redisPort });
    await begin('gateway', { redisPort, port, secret: SECRET });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    webhookUrl: `http://127.0.0.1:${String(port)}/vapi/webhook`,
    headers: { 'x-vapi-secret': SECRET },
    processes: new Map([...[...programs].map(([role, { pid }]) => [role, pid] as const), ['redis', redis.pid]]),
    stop,
  };
}
