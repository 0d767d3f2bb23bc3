import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { bareEnvironment } from '../process/child-program.js';
import { dieWithBench } from '../process/die-with-bench.js';
import { endChild } from '../process/end-child.js';

const START_TIMEOUT_MS = 10_000;
const RETRY_MS = 50;
const STOP_TIMEOUT_MS = 5000;

/**
 * Every write goes to a log on disk, handed to the operating system before it is answered and flushed every second: like
 * JetStream's file storage, which flushes later. The log is all: no snapshots beside it.
 */
export const REDIS_SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''] as const;

export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { env: bareEnvironment() }).error === undefined;
}

/** A real redis-server of its own, with its files in `directory`. */
export class RedisServer {
  private output = '';

  private constructor(private readonly child: ChildProcess) {}

  /** @throws Error when it does not answer, or is not installed */
  static async start(port: number, directory: string): Promise<RedisServer> {
    const listen = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    const child = spawn('redis-server', [...listen, ...REDIS_SETTINGS], {
      env: bareEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    dieWithBench(child);
    const server = new RedisServer(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        server.output = (server.output + chunk.toString()).slice(-2000);
      });
    }
    try {
      await Promise.race([untilAnswering(port), server.failure()]);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  async stop(): Promise<void> {
    await endChild(this.child, STOP_TIMEOUT_MS);
  }

  private async failure(): Promise<never> {
    return new Promise((_, reject) => {
      this.child.once('error', (cause) => {
        reject(new Error('redis-server could not be started: install it (apt-get install redis-server).', { cause }));
      });
      this.child.once('exit', (code) => {
        reject(new Error(`redis-server ended with ${String(code)} while starting:\n${this.output}`));
      });
    });
  }
}

async function untilAnswering(port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (performance.now() > deadline) throw new Error('redis-server does not answer.');
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** It says `+PONG` once it has read its log. */
async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\n'));
    const end = (isAnswer: boolean) => (): void => {
      socket.destroy();
      resolve(isAnswer);
    };
    socket.once('data', (data: Buffer) => end(data.toString().startsWith('+PONG'))());
    socket.once('error', end(false));
    socket.setTimeout(1000, end(false));
  });
}
