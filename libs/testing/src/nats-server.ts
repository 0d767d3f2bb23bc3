import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** What a test may set; the rest is the server's default. */
export interface NatsServerOptions {
  /** JetStream's limit on files, e.g. '64MB'. */
  readonly maxFileStore?: string;
  /** Largest message, in bytes. */
  readonly maxPayload?: number;
}

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;

/** Debian puts the server into /usr/sbin, which is not on every user's PATH. */
function binary(): string {
  return existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server';
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** A real nats-server with JetStream, on its own port and with a store of its own. */
export class NatsServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
  ) {}

  /** Starts a fresh server. Call {@link dispose} when done. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-nats-'));
    const server = new NatsServer(await freePort(), directory);
    await writeFile(join(directory, 'nats.conf'), server.configuration(options));
    try {
      await server.launch();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${String(this.port)}`;
  }

  /** Starts the server again after {@link stop} or {@link kill}; same port, same store. */
  async launch(): Promise<void> {
    if (this.child !== undefined) throw new Error('nats-server runs already.');
    const child = spawn(binary(), ['-c', join(this.directory, 'nats.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    });
    const failure = new Promise<never>((_, reject) => {
      child.once('error', (cause) => {
        reject(new Error('nats-server could not be started: install it (apt-get install nats-server).', { cause }));
      });
      child.once('exit', (code) => {
        reject(new Error(`nats-server ended with ${String(code)} while starting:\n${output}`));
      });
    });
    failure.catch(() => undefined);
    await Promise.race([eventually(() => answers(this.port), { timeoutMs: START_TIMEOUT_MS }), failure]);
  }

  /** Ends it with SIGTERM; the store stays. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Ends it with SIGKILL; the store stays. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A restart as an operator does it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Ends it and removes its store. */
  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true });
  }

  private configuration(options: NatsServerOptions): string {
    const limit = options.maxFileStore === undefined ? '' : `, max_file_store: ${options.maxFileStore}`;
    return [
      `listen: 127.0.0.1:${String(this.port)}`,
      `jetstream { store_dir: ${JSON.stringify(join(this.directory, 'store'))}${limit} }`,
      ...(options.maxPayload === undefined ? [] : [`max_payload: ${String(options.maxPayload)}`]),
    ].join('\n');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    child.kill(signal);
    const straggler = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(straggler);
  }
}

/** Short for {@link NatsServer.start}. */
export async function startNatsServer(options?: NatsServerOptions): Promise<NatsServer> {
  return NatsServer.start(options);
}
