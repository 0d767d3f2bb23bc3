import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { eventually, freePort } from '@interject/testing';
import { stringify } from 'yaml';
import { API_KEY, processEnvironment, PUBLIC_KEY, SECRET, TIME_FACTOR } from './environment.js';
import { ROOT } from './service-process.js';

/** Something that happened in a simulated call, with its call time. */
export interface SimulatedEvent {
  readonly type: string;
  readonly atMs: number;
  readonly [detail: string]: unknown;
}

/** One call of a scenario. */
export interface PlayedCall {
  readonly callId: string;
  readonly endedReason: string | undefined;
  readonly events: readonly SimulatedEvent[];
}

/** What the simulator says of a scenario it played. */
export interface Played {
  readonly verdict: 'passed' | 'failed';
  readonly reasons: readonly string[];
  /** Every injected utterance that a caller heard to its end. */
  readonly heard: readonly string[];
  readonly calls: readonly PlayedCall[];
  /** The printed transcript. */
  readonly transcript: string;
}

/** A scenario under way. */
export interface Playing {
  /** Id of its first call, as soon as it has begun. */
  readonly callId: Promise<string>;
  readonly played: Promise<Played>;
}

const STARTED = /\bstarted ([0-9a-f-]{36})$/;

/** Plays Vapi: the built simulator as a server, to which scenarios are given, also several at once. */
export class Simulator {
  /** Everything that was given to it to play. */
  readonly scenarios: object[] = [];
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
      VAPI_PUBLIC_KEY: PUBLIC_KEY,
      INTERJECT_API_KEY: API_KEY,
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
    return this.begin(scenario).played;
  }

  /** The same, for tests that meddle while the call is on. */
  begin(scenario: object): Playing {
    let started: (callId: string) => void = () => undefined;
    const callId = new Promise<string>((resolve) => {
      started = resolve;
    });
    const played = this.submit(scenario, (line) => {
      const id = STARTED.exec(line)?.[1];
      if (id !== undefined) started(id);
    });
    // Whoever awaits it gets the failure; nobody else shall be told that it went unhandled.
    played.catch(() => undefined);
    return { callId, played };
  }

  private async submit(scenario: object, onLine: (line: string) => void): Promise<Played> {
    this.scenarios.push(scenario);
    const response = await fetch(`${this.origin}/scenarios?events=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: stringify(scenario),
    });
    if (!response.ok || response.body === null) throw new Error(`The simulator refuses: ${await response.text()}`);
    const lines: string[] = [];
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) onLine(line);
      lines.push(...parts);
    }
    const last = JSON.parse(lines.pop() ?? '') as Omit<Played, 'transcript'> & { type: string };
    const transcript = lines.join('\n');
    if (last.type !== 'verdict') throw new Error(`The simulator broke off: ${JSON.stringify(last)}\n${transcript}`);
    return { ...last, transcript };
  }
}
