import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { environment } from '@interject/runtime';
import { dieWithBench } from './die-with-bench.js';
import { endChild } from './end-child.js';
import type { Ready, Reply } from './parent-link.js';

const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
const KEPT_OUTPUT = 10_000;

/** What every process of the bench gets of the machine's environment. */
export function bareEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = environment();
  return { PATH, HOME };
}

interface Open {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A program of the bench as a process of its own, which can be asked things; its side is `serveParent`. */
export class ChildProgram {
  private readonly open = new Map<number, Open>();
  private count = 0;
  private output = '';

  private constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /**
   * @param script absolute path of the built program
   * @param options JSON for its `optionsFromParent`
   * @returns the program and what it told when it was ready
   * @throws Error with the end of its output when it does not get ready
   */
  static async start(
    name: string,
    script: string,
    options: unknown,
    nodeArguments: readonly string[] = [],
  ): Promise<{ program: ChildProgram; ready: unknown }> {
    const child = fork(script, [JSON.stringify(options)], {
      cwd: tmpdir(),
      env: bareEnvironment(),
      execArgv: [...nodeArguments],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    dieWithBench(child);
    const program = new ChildProgram(name, child);
    try {
      return { program, ready: await program.begin() };
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** @throws Error when the child fails or has gone */
  async ask<T>(ask: unknown): Promise<T> {
    this.count += 1;
    const id = this.count;
    return new Promise<T>((resolve, reject) => {
      this.open.set(id, { resolve: resolve as (answer: unknown) => void, reject });
      this.child.send({ id, ask }, (error) => {
        if (error !== null) this.fail(`cannot be asked: ${error.message}`);
      });
    });
  }

  /** SIGTERM, and SIGKILL to one that does not go. */
  async stop(): Promise<void> {
    await endChild(this.child, STOP_TIMEOUT_MS);
  }

  private async begin(): Promise<unknown> {
    const { child } = this;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT);
      });
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail('does not get ready'), START_TIMEOUT_MS);
      this.open.set(0, { resolve, reject });
      child.on('error', (error) => this.fail(error.message));
      child.on('exit', (code, signal) => this.fail(`has ended (${signal ?? String(code)})`));
      child.on('message', (message: Ready | Reply) => {
        clearTimeout(timer);
        if ('ready' in message) this.settle(0, (open) => open.resolve(message.ready));
        else if ('failure' in message) this.settle(message.id, (open) => open.reject(new Error(message.failure)));
        else this.settle(message.id, (open) => open.resolve(message.answer));
      });
      child.once('exit', () => clearTimeout(timer));
    });
  }

  private settle(id: number, how: (open: Open) => void): void {
    const open = this.open.get(id);
    this.open.delete(id);
    if (open !== undefined) how(open);
  }

  private fail(reason: string): void {
    const error = new Error(`${this.name} ${reason}. It printed:\n${this.output.slice(-2000)}`);
    for (const id of [...this.open.keys()]) this.settle(id, (open) => open.reject(error));
  }
}
