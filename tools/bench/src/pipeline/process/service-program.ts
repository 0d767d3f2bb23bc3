import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { eventually } from '@interject/testing';
import { bareEnvironment } from './child-program.js';
import { dieWithBench } from './die-with-bench.js';
import { endChild } from './end-child.js';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const KEPT_OUTPUT = 10_000;

export interface ServiceSettings {
  /** For messages. */
  readonly name: string;
  /** Absolute path of the built program. */
  readonly script: string;
  readonly managementPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
}

/** What the readiness endpoint tells. */
export interface Readiness {
  readonly status: string;
  readonly checks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A built service of the product as a process, as an operator starts it. */
export class ServiceProgram {
  private output = '';

  private constructor(
    private readonly settings: ServiceSettings,
    private readonly child: ChildProcess,
  ) {}

  static start(settings: ServiceSettings): ServiceProgram {
    const child = spawn(process.execPath, [...settings.nodeArguments, settings.script], {
      cwd: tmpdir(),
      env: { ...bareEnvironment(), ...settings.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    dieWithBench(child);
    const service = new ServiceProgram(settings, child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        service.output = (service.output + chunk.toString()).slice(-KEPT_OUTPUT);
      });
    }
    return service;
  }

  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  /** Resolves when it says that it is ready, and `accept` agrees. */
  async ready(accept: (report: Readiness) => boolean = () => true): Promise<void> {
    const { name, managementPort } = this.settings;
    try {
      await eventually(
        async () => {
          if (this.hasEnded) throw new Error('it has exited');
          const response = await fetch(`http://127.0.0.1:${String(managementPort)}/health/ready`);
          const report = (await response.json()) as Readiness;
          return report.status === 'ready' && accept(report);
        },
        { timeoutMs: START_TIMEOUT_MS, intervalMs: 50 },
      );
    } catch (cause) {
      throw new Error(`${name} does not get ready. It printed:\n${this.output.slice(-3000)}`, { cause });
    }
  }

  async stop(): Promise<void> {
    await endChild(this.child, STOP_TIMEOUT_MS);
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }
}
