import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { LastLines } from './last-lines.js';
import { dieWithParent } from './parent-death.js';
import type { ProcessOutput } from './process-output.js';
import { decideRestart, freshHistory, type RestartHistory } from './restart-policy.js';

export interface ProcessSpec {
  readonly id: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it gets if we die without having stopped it (Linux). */
  readonly onOurDeath: 'SIGTERM' | 'SIGKILL';
}

export interface ProcessListener {
  onExit(id: string, cause: string, restartInMs: number): void;
  /** It died again and again without having been ready. */
  onHopeless(id: string, failedStarts: number, lastLines: readonly string[]): void;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A child that is started again when it dies, until it is told to stop. */
export class ManagedProcess {
  readonly id: string;
  private child: Child | undefined;
  private timer: NodeJS.Timeout | undefined;
  private history: RestartHistory = freshHistory;
  private startedAt = 0;
  private wasReady = false;
  private isStopping = false;
  private readonly stderr = new LastLines();
  private readonly stdout = new LastLines();
  private readonly onceGone: (() => void)[] = [];

  constructor(
    private readonly spec: ProcessSpec,
    private readonly output: ProcessOutput,
    private readonly listener: ProcessListener,
  ) {
    this.id = spec.id;
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Has been ready since it was last started. */
  get isReady(): boolean {
    return this.wasReady && this.isRunning;
  }

  markReady(): void {
    this.wasReady = true;
  }

  start(): void {
    if (this.isStopping) return;
    this.wasReady = false;
    this.startedAt = performance.now();
    this.stderr.clear();
    this.stdout.clear();
    const [file, ...args] = [...dieWithParent(this.spec.onOurDeath), ...this.spec.command] as [string, ...string[]];
    const child = spawn(file, args, {
      cwd: this.spec.cwd,
      env: this.spec.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C and signals to our group must not reach it, or all would stop at once and not in
      // order, and once more when we pass the signal on.
      detached: true,
    });
    this.child = child;
    child.stdout.on('data', (chunk: Buffer) => this.stdout.add(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => this.stderr.add(chunk.toString()));
    this.output.attach(this.id, child.stdout, child.stderr);
    child.once('exit', (code, signal) => this.onGone(child, signal ?? `code ${code ?? 'unknown'}`, code ?? undefined));
    child.once('error', (error: NodeJS.ErrnoException) => {
      // Only a failed start leaves no pid: no exit follows then.
      if (child.pid === undefined) this.onGone(child, `could not be started (${error.code ?? error.name})`);
    });
  }

  /** Asks it to stop and does not start it again. */
  terminate(): void {
    this.end('SIGTERM');
  }

  kill(): void {
    this.end('SIGKILL');
  }

  /** Resolves as soon as no child runs and none will. Call after {@link terminate} or {@link kill}. */
  gone(): Promise<void> {
    if (!this.child) return Promise.resolve();
    return new Promise((resolve) => this.onceGone.push(resolve));
  }

  /** From now on its death is the end of it. */
  doNotRestart(): void {
    this.isStopping = true;
    clearTimeout(this.timer);
  }

  private end(signal: NodeJS.Signals): void {
    this.doNotRestart();
    this.child?.kill(signal);
  }

  private onGone(child: Child, cause: string, exitCode?: number): void {
    if (this.child !== child) return;
    this.child = undefined;
    if (this.isStopping) {
      for (const resolve of this.onceGone.splice(0)) resolve();
      return;
    }
    const decision = decideRestart(this.history, {
      ranMs: performance.now() - this.startedAt,
      wasReady: this.wasReady,
      ...(exitCode === undefined ? {} : { exitCode }),
    });
    this.history = decision.history;
    this.listener.onExit(this.id, cause, decision.delayMs);
    this.timer = setTimeout(() => {
      // Not before now: the last output arrives after the exit.
      if (decision.report) this.listener.onHopeless(this.id, decision.history.failedStarts, this.lastLines());
      this.start();
    }, decision.delayMs);
  }

  private lastLines(): readonly string[] {
    return this.stderr.lines.length > 0 ? this.stderr.lines : this.stdout.lines;
  }
}
