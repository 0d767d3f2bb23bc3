import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '@interject/testing';
import { processEnvironment } from './environment.js';

/** The repository: services are started from there, as an operator does. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** A second on a quiet machine. */
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 12_000;
/** All that a suite prints, also at level trace: it is searched for what must not be printed. */
const KEPT_OUTPUT = 20_000_000;

export interface Readiness {
  readonly status: string;
  readonly checks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A built service as a process of its own. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private text = '';

  /** @param name folder below apps/ */
  constructor(
    readonly name: string,
    readonly managementPort: number,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  /** The whole lines that it has printed so far, from all its starts. */
  get output(): string {
    return this.text;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    if (this.child !== undefined) throw new Error(`${this.name} runs already.`);
    const child = spawn(process.execPath, [join(ROOT, `apps/${this.name}/dist/main.js`)], {
      // Not the repository: a developer's `.env` there has no say in a test.
      cwd: tmpdir(),
      env: { ...processEnvironment(), ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) this.collect(stream);
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
    });
    this.child = child;
  }

  /** Resolves when it says that it is ready, and `accept` agrees. */
  async ready(accept: (report: Readiness) => boolean = () => true, timeoutMs = START_TIMEOUT_MS): Promise<Readiness> {
    try {
      return await eventually(
        async () => {
          if (this.child === undefined) throw new Error('it has exited');
          const response = await fetch(`http://127.0.0.1:${String(this.managementPort)}/health/ready`);
          const report = (await response.json()) as Readiness;
          return report.status === 'ready' && accept(report) ? report : undefined;
        },
        { timeoutMs, intervalMs: 50 },
      );
    } catch (cause) {
      throw new Error(`${this.name} does not get ready. It printed:\n${this.text.slice(-3000)}`, { cause });
    }
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${String(this.managementPort)}/metrics`)).text();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.child?.kill(signal) !== true) throw new Error(`${this.name} does not run.`);
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** SIGTERM; resolves to the exit code, null if it had to be killed. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this;
    if (child === undefined) return 0;
    // Not 'exit': its last lines may still be on their way then.
    const exited = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    child.kill(signal);
    const straggler = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    const code = await exited;
    clearTimeout(straggler);
    return code;
  }

  /** By lines: what comes from the two streams must not be mixed within one. */
  private collect(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end === 0) {
        rest += chunk;
        return;
      }
      this.keep(rest + chunk.slice(0, end));
      rest = chunk.slice(end);
    });
    stream.once('end', () => {
      if (rest !== '') this.keep(`${rest}\n`);
    });
  }

  private keep(lines: string): void {
    this.text = (this.text + lines).slice(-KEPT_OUTPUT);
  }
}
