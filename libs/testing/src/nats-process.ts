import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { eventually } from './eventually.js';

const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * The nats-server that tests run: what they name, `INTERJECT_TEST_NATS_SERVER`, or the one that is installed. Debian puts
 * it into /usr/sbin, which is not on every user's PATH.
 */
export function natsServerBinary(named?: string): string {
  const other = named ?? process.env['INTERJECT_TEST_NATS_SERVER'];
  if (other !== undefined && other !== '') return other;
  return existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server';
}

/** One nats-server as a child process: started, signalled and ended by its pid. */
export class NatsProcess {
  private child: ChildProcess | undefined;

  /** @param port where clients connect; it has started when it answers there */
  constructor(
    private readonly binary: string,
    private readonly configurationFile: string,
    private readonly port: number,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  /** Starts it and waits until it answers. @throws Error with the end of its output when it does not */
  async launch(): Promise<void> {
    if (this.isRunning) throw new Error('nats-server runs already.');
    const child = spawn(this.binary, ['-c', this.configurationFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...this.env },
    });
    this.child = child;
    // A test that fails before it disposes leaves no server behind.
    const orphan = (): void => {
      child.kill('SIGKILL');
    };
    process.once('exit', orphan);
    child.once('exit', () => process.removeListener('exit', orphan));
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

  /** Sends a signal and goes on, e.g. SIGSTOP. */
  signal(signal: NodeJS.Signals): void {
    if (!this.isRunning) throw new Error('nats-server does not run.');
    this.child?.kill(signal);
  }

  /** Ends it and waits for its exit; what ignores SIGTERM is killed in the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
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
