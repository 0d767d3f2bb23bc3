import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@interject/testing';
import { stringify } from 'yaml';
import { processEnvironment, SECRET, TIME_FACTOR } from './environment.js';
import { ROOT } from './service-process.js';

/** What the simulator says of a scenario it played. */
export interface Played {
  readonly verdict: 'passed' | 'failed';
  readonly reasons: readonly string[];
  /** Every injected utterance that a caller heard to its end. */
  readonly heard: readonly string[];
  /** The printed transcript. */
  readonly transcript: string;
}

/** Plays Vapi: the built simulator as a server, to which each scenario is given by its command line, also several at once. */
export class Simulator {
  private server: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Starts one whose webhooks go to the gateway at that port. */
  static async forGateway(gatewayPort: number): Promise<Simulator> {
    const port = await freePort();
    const simulator = new Simulator(port, {
      SIMULATOR_PORT: String(port),
      SIMULATOR_GATEWAY_URL: `http://127.0.0.1:${String(gatewayPort)}/vapi/webhook`,
      SIMULATOR_TIME_FACTOR: String(TIME_FACTOR),
      VAPI_WEBHOOK_SECRET: SECRET,
    });
    await simulator.start();
    return simulator;
  }

  private async start(): Promise<void> {
    this.server = spawn(process.execPath, ['apps/vapi-simulator/dist/main.js', 'serve'], {
      cwd: ROOT,
      env: { ...processEnvironment(), ...this.env },
      stdio: 'ignore',
    });
    await eventually(async () => (await fetch(`${this.origin}/health`)).ok);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await exited;
  }

  /** @param scenario the content of a scenario file */
  async play(scenario: object): Promise<Played> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-scenario-'));
    const file = join(directory, 'scenario.yaml');
    const report = join(directory, 'report.json');
    try {
      await writeFile(file, stringify(scenario));
      const { code, output } = await this.run(['call', file, '--json', report]);
      if (code !== 0 && code !== 1) throw new Error(`The simulator ended with ${String(code)}:\n${output}`);
      const played = JSON.parse(await readFile(report, 'utf8')) as Omit<Played, 'transcript'>;
      return { ...played, transcript: output };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  private async run(args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ['apps/vapi-simulator/dist/main.js', ...args], {
      cwd: ROOT,
      env: { ...processEnvironment(), ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    return { code, output };
  }
}
