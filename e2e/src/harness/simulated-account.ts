import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort } from '@interject/testing';
import { runCommand } from './command-line.js';
import type { CommandResult } from './command-line.js';
import { processEnvironment } from './environment.js';
import { ROOT } from './service-process.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A tool or an assistant as the REST API shows it. */
export interface Stored extends Fields {
  readonly id: string;
  readonly latestVersion: string;
}

export interface StoredTool extends Stored {
  /** None of a tool of another type. */
  readonly function?: Fields;
  readonly server: Fields;
}

/** A tool with what only the simulator knows. */
export interface KeptTool {
  readonly tool: StoredTool;
  /** The model is really held to its schema. */
  readonly strict: boolean;
  readonly degradations: readonly Fields[];
}

export interface LoggedRequests {
  readonly counts: Readonly<Record<string, number>>;
  readonly smallestGapMs: number;
  readonly requests: readonly { readonly method: string; readonly status?: number; readonly gapMs?: number }[];
}

/** The private key of accounts that have a simulator of their own. */
export const ACCOUNT_KEY = 'private-key-of-the-account';
export const CREDENTIAL = 'credential-of-e2e';

/** Where the accounts' tools are answered, where no call is played. */
export const PUBLIC_URL = 'https://interject.example.com';

const START = { timeoutMs: 20_000, intervalMs: 50 };

/** A Vapi account, as the simulator plays it: what is done to it by hand, and the command line that looks after its tools. */
export class SimulatedAccount {
  private constructor(
    private readonly origin: string,
    /** Where files that are named on the command line are. */
    readonly directory: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly server?: ChildProcess,
  ) {}

  /** An account with a simulator of its own, which asks for {@link ACCOUNT_KEY}. */
  static async start(): Promise<SimulatedAccount> {
    const port = await freePort();
    const server = spawn(process.execPath, [join(ROOT, 'apps/vapi-simulator/dist/main.js'), 'serve'], {
      cwd: tmpdir(),
      env: { ...processEnvironment(), SIMULATOR_PORT: String(port), VAPI_API_KEY: ACCOUNT_KEY },
      stdio: 'ignore',
    });
    const account = await SimulatedAccount.at(`http://127.0.0.1:${String(port)}`, {}, server);
    await eventually(async () => (await fetch(`${account.origin}/health`)).ok, START);
    return account;
  }

  /** The account of a simulator that runs already. @param env replaces variables of every command */
  static async at(
    origin: string,
    env: Readonly<Record<string, string>> = {},
    server?: ChildProcess,
  ): Promise<SimulatedAccount> {
    const directory = await mkdtemp(join(tmpdir(), 'interject-account-'));
    const common = {
      VAPI_API_KEY: ACCOUNT_KEY,
      VAPI_BASE_URL: origin,
      VAPI_CREDENTIAL_ID: CREDENTIAL,
      VAPI_REQUEST_SPACING_MS: '0',
      GATEWAY_PUBLIC_URL: PUBLIC_URL,
      INIT_CWD: directory,
    };
    return new SimulatedAccount(origin, directory, { ...common, ...env }, server);
  }

  async stop(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    const { server } = this;
    if (server === undefined || server.exitCode !== null) return;
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await exited;
  }

  /** As it was when it started. */
  async wipe(): Promise<void> {
    await this.ask('DELETE', '/simulator/account');
  }

  /** `vapi tools ...`. */
  tools(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return runCommand(['vapi', 'tools', ...args], { ...this.env, ...env });
  }

  /** `vapi lint ...`. */
  lint(args: readonly string[]): Promise<CommandResult> {
    return runCommand(['vapi', 'lint', ...args], this.env);
  }

  /** Writes a file of definitions. @returns options that name it */
  async file(tools: readonly object[], name = 'tools.json'): Promise<readonly string[]> {
    await writeFile(join(this.directory, name), JSON.stringify({ tools }));
    return ['--file', name];
  }

  /** Puts into the account what was there before. */
  async seed(seed: { readonly tools?: readonly Fields[]; readonly assistants?: readonly Fields[] }): Promise<void> {
    await this.ask('POST', '/simulator/account', { credentials: [CREDENTIAL], ...seed });
  }

  /** All tools, the oldest first. */
  async kept(): Promise<KeptTool[]> {
    const account = (await this.ask('GET', '/simulator/account')) as { readonly tools: readonly KeptTool[] };
    return account.tools.toReversed();
  }

  /** @throws Error when there is none or several of that name */
  async tool(name: string): Promise<StoredTool> {
    const [found, ...others] = (await this.kept()).filter(({ tool }) => tool.function?.['name'] === name);
    if (found === undefined || others.length > 0) throw new Error(`Not one tool ${name}.`);
    return found.tool;
  }

  async names(): Promise<unknown[]> {
    return (await this.kept()).map(({ tool }) => tool.function?.['name']);
  }

  async assistant(id: string): Promise<Stored> {
    return (await this.ask('GET', `/assistant/${id}`)) as Stored;
  }

  /** Changes a tool or an assistant by the REST API, as a person in the dashboard or another program does. */
  async patch(path: string, fields: Fields): Promise<void> {
    await this.ask('PATCH', path, fields);
  }

  async quirks(quirks: Fields): Promise<void> {
    await this.ask('PATCH', '/simulator/quirks', quirks);
  }

  /** How the next requests are answered instead. */
  async script(...answers: readonly Fields[]): Promise<void> {
    await this.ask('POST', '/simulator/answers', answers);
  }

  /** What the REST API was asked since the last time. */
  async requests(): Promise<LoggedRequests> {
    const logged = (await this.ask('GET', '/simulator/requests')) as LoggedRequests;
    await this.ask('DELETE', '/simulator/requests');
    return logged;
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const authorization = `Bearer ${ACCOUNT_KEY}`;
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
