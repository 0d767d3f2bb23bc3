import { readFileSync } from 'node:fs';
import { DEFAULT_QUIRKS, readQuirks, type Quirks } from './account/quirks.js';
import { parseSeed, type Seed } from './account/seed.js';

/** What the simulator is told from outside. */
export interface SimulatorConfig {
  readonly host: string;
  readonly port: number;
  /** Where control URLs point to; without it `http://<host>:<port>`. */
  readonly publicOrigin: string | undefined;
  readonly gatewayUrl: string;
  /** Sent as `x-vapi-secret`. */
  readonly webhookSecret: string | undefined;
  /** The private key the REST API asks for; without it none is needed. */
  readonly privateKey: string | undefined;
  /** The public key the fault `controlAuthentication` asks for. */
  readonly publicKey: string | undefined;
  /** The gateway's API key, for scenarios that ask it something. */
  readonly apiKey: string | undefined;
  /** For scenarios that do not say. */
  readonly timeFactor: number;
  /** How the REST API behaves where Vapi's behaviour is open. */
  readonly quirks: Quirks;
  /** What is in the account from the start. */
  readonly seed: Seed | undefined;
}

const CONFIG_ERROR = Symbol.for('interject.simulator-config-error');

/** The environment has faults; all of them are reported together. Values are not in the text. */
export class ConfigError extends Error {
  readonly [CONFIG_ERROR] = true;
  readonly code = 'config-faulty';
  readonly retryable = false;

  constructor(readonly problems: readonly string[]) {
    super(`the configuration has faults:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** True for a {@link ConfigError}, also one from another copy of this module. */
export function isConfigError(value: unknown): value is ConfigError {
  return typeof value === 'object' && value !== null && CONFIG_ERROR in value;
}

/** Where a simulator with this configuration can be reached from the same machine. */
export function localOrigin(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment.
 * @throws ConfigError
 */
export function loadConfig(environment: Environment = process.env): SimulatorConfig {
  const problems: string[] = [];
  const text = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const secret = (name: string): string | undefined => {
    const file = text(`${name}_FILE`);
    if (file === undefined || text(name) !== undefined) return text(name);
    const content = readText(file)?.trim();
    if (content === undefined) problems.push(`${name}_FILE: cannot be read`);
    return content || undefined;
  };
  const number = (name: string, otherwise: number, expected: string, fits: (value: number) => boolean): number => {
    const value = Number(text(name) ?? otherwise);
    if (fits(value)) return value;
    problems.push(`${name}: expected ${expected}`);
    return otherwise;
  };
  const url = (name: string, expected: string, fits: (value: URL) => boolean): string | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!URL.canParse(value) || !/^https?:/.test(value) || !fits(new URL(value)))
      problems.push(`${name}: expected ${expected}`);
    return value;
  };
  const config: SimulatorConfig = {
    host: text('SIMULATOR_HOST') ?? '127.0.0.1',
    port: number('SIMULATOR_PORT', 4010, 'a port from 0 to 65535', (v) => Number.isInteger(v) && v >= 0 && v <= 65_535),
    publicOrigin: url(
      'SIMULATOR_PUBLIC_ORIGIN',
      'an origin like http://127.0.0.1:4010, without a path',
      (v) => v.pathname === '/' && v.search === '' && v.hash === '' && v.username === '',
    )?.replace(/\/$/, ''),
    gatewayUrl:
      url('SIMULATOR_GATEWAY_URL', 'an http or https URL like http://127.0.0.1:3000/vapi/webhook', () => true) ??
      'http://127.0.0.1:3000/vapi/webhook',
    // Of several, any is good.
    webhookSecret: secret('VAPI_WEBHOOK_SECRET')
      ?.split(/[,\r\n]/)
      .map((one) => one.trim())
      .find((one) => one !== ''),
    privateKey: secret('VAPI_API_KEY'),
    publicKey: secret('VAPI_PUBLIC_KEY'),
    apiKey: secret('INTERJECT_API_KEY'),
    timeFactor: number('SIMULATOR_TIME_FACTOR', 1, 'a number from 0.01 to 1000', (v) => v >= 0.01 && v <= 1_000),
    quirks: loadQuirks(text('SIMULATOR_QUIRKS'), problems),
    seed: loadSeed(text('SIMULATOR_ACCOUNT_FILE'), problems),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function loadQuirks(text: string | undefined, problems: string[]): Quirks {
  if (text === undefined) return DEFAULT_QUIRKS;
  const reading = readQuirks(text);
  if (reading.ok) return reading.quirks;
  problems.push(...reading.problems.map((problem) => `SIMULATOR_QUIRKS: ${problem}`));
  return DEFAULT_QUIRKS;
}

function loadSeed(file: string | undefined, problems: string[]): Seed | undefined {
  if (file === undefined) return undefined;
  const text = readText(file);
  const reading = text === undefined ? { ok: false as const, problems: ['cannot be read'] } : parseSeed(text);
  if (reading.ok) return reading.seed;
  problems.push(...reading.problems.map((problem) => `SIMULATOR_ACCOUNT_FILE: ${problem}`));
  return undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
