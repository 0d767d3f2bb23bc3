import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Buckets, isContractError, parse, parseJson, TOOL_DEFAULTS, ToolDefinition } from '@interject/contracts';
import { isMessagingError, MessagingErrorCodes, MessagingOperator } from '@interject/messaging';
import { isError } from '@interject/observability';
import { loadConfigs, ServiceConfig } from '@interject/runtime';
import type { Environment } from '@interject/runtime';
import { UsageError } from '../usage.errors.js';
import { GatewaySourceConfig } from './vapi.config.js';

export const SourceKinds = ['gateway', 'nats', 'file'] as const;
export type SourceKind = (typeof SourceKinds)[number];

/** What was typed about the source. */
export interface SourceOptions {
  readonly from?: SourceKind;
  readonly file?: string;
  readonly gateway?: string;
}

/** The tools that the workers of an installation offer, and where that was read, for people. */
export interface ReadTools {
  readonly definitions: readonly ToolDefinition[];
  readonly source: string;
  /** What the source says that is worth knowing: tools without a worker, workers at odds. */
  readonly notes: readonly string[];
}

/** npm changes to the root: a file that was named in another folder is meant from there. */
export function typedPath(path: string, env: Environment): string {
  return resolve(env['INIT_CWD'] ?? '.', path);
}

const TIMEOUT_MS = 10_000;

/**
 * Where to look if nothing was said: in a file if one was named, at the gateway if its key is at hand, else in NATS.
 *
 * @throws UsageError for options that contradict each other
 */
export function sourceKindOf({ from, file, gateway }: SourceOptions, env: Environment): SourceKind {
  if (file !== undefined && gateway !== undefined) throw new UsageError('Give --file or --gateway, not both.');
  const implied = file !== undefined ? 'file' : gateway !== undefined ? 'gateway' : undefined;
  if (from !== undefined && implied !== undefined && from !== implied) {
    throw new UsageError(`--${implied} does not go with --from ${from}.`);
  }
  if (from === 'file' && file === undefined) throw new UsageError('--from file needs --file <path>.');
  const hasKey = (env['INTERJECT_API_KEY'] ?? '').trim() !== '';
  return from ?? implied ?? (hasKey ? 'gateway' : 'nats');
}

/** Config classes that a source needs, so that all faults are reported together. */
export function sourceConfigs(kind: SourceKind) {
  switch (kind) {
    case 'gateway':
      return [GatewaySourceConfig];
    case 'nats':
      return [ServiceConfig];
    case 'file':
      return [];
  }
}

/** Values of config classes that the environment does not bring. */
export const SOURCE_PRESETS = new Map([[ServiceConfig, { service: 'vapi-tools', version: '0' }]]);

/**
 * Reads the definitions.
 *
 * @throws UsageError when they cannot be read, or do not fit; MessagingError from NATS
 */
export async function readTools(kind: SourceKind, options: SourceOptions, env: Environment): Promise<ReadTools> {
  const configs = loadConfigs(sourceConfigs(kind), env, { service: 'vapi-tools', presets: SOURCE_PRESETS });
  switch (kind) {
    case 'file':
      return ofFile(options.file ?? '', env);
    case 'nats':
      return ofNats(configs.get(ServiceConfig));
    case 'gateway': {
      const { apiKey, publicUrl } = configs.get(GatewaySourceConfig);
      return ofGateway(options.gateway ?? publicUrl, apiKey);
    }
  }
}

async function ofFile(path: string, env: Environment): Promise<ReadTools> {
  const text = await readFile(typedPath(path, env), 'utf8').catch((cause: unknown) => {
    const code = isError(cause) && 'code' in cause ? String(cause.code) : 'unknown';
    throw new UsageError(`${path} cannot be read (${code}).`, { cause });
  });
  // What a person writes into a file need not repeat the defaults.
  const defaults = { ...TOOL_DEFAULTS, worker: 'file', version: '1' };
  return { definitions: definitionsIn(text, path, defaults), source: path, notes: [] };
}

async function ofGateway(base: string, apiKey: string): Promise<ReadTools> {
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new UsageError('Where is the gateway? Set GATEWAY_PUBLIC_URL, or give --gateway <url>.');
  }
  const url = `${base.replace(/\/+$/, '')}/tools`;
  const headers = { authorization: `Bearer ${apiKey}`, accept: 'application/json' };
  const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      throw new UsageError(`No gateway answers at ${url}: is it running? (--gateway names another one)`, { cause });
    },
  );
  if (response.status === 401) throw new UsageError(`The gateway at ${base} refuses INTERJECT_API_KEY.`);
  if (response.status === 403)
    throw new UsageError(`The gateway at ${base} has no INTERJECT_API_KEY: set it there too.`);
  if (response.status !== 200) {
    throw new UsageError(
      `${url} answered ${String(response.status)}: is that a gateway? (--gateway names another one)`,
    );
  }
  const text = await response.text();
  const definitions = definitionsIn(text, url, {});
  return { definitions, source: `the gateway at ${base}`, notes: notesIn(text) };
}

async function ofNats({ natsUrl: url, access }: ServiceConfig): Promise<ReadTools> {
  const operator = await MessagingOperator.open({ url, access, service: 'vapi-tools' }).catch((cause: unknown) => {
    if (!isMessagingError(cause) || cause.code !== MessagingErrorCodes.Disconnected) throw cause;
    const text = 'Nothing answers at NATS_URL: is the system running? (--from gateway and --file look elsewhere)';
    throw new UsageError(text, { cause });
  });
  try {
    const registrations = await operator.kv.bucket(Buckets.Tools).entries();
    const definitions = registrations.map(({ key: tool, value }) => {
      try {
        return parseJson(ToolDefinition, value);
      } catch (error) {
        throw unfit(error, `The registration of ${tool} in NATS`);
      }
    });
    return { definitions, source: 'NATS', notes: [] };
  } finally {
    await operator.close();
  }
}

/** `{ "tools": [...] }` or the list alone; the gateway tells more of a tool than its definition. */
function definitionsIn(text: string, where: string, defaults: object): readonly ToolDefinition[] {
  return entriesIn(text, where).map((entry, at) => {
    const definition = entry['definition'] ?? entry;
    try {
      return parse(ToolDefinition, { ...defaults, ...definition });
    } catch (error) {
      throw unfit(error, `${where}: tool number ${String(at + 1)}`);
    }
  });
}

function notesIn(text: string): readonly string[] {
  return entriesIn(text, 'the gateway').flatMap(({ name, status, conflicts }) => [
    ...(status === 'no-worker' ? [`${String(name)}: no worker runs it at the moment`] : []),
    ...(Array.isArray(conflicts) && conflicts.length > 0 ? [`${String(name)}: its workers are at odds over it`] : []),
  ]);
}

function entriesIn(text: string, where: string): readonly Readonly<Record<string, unknown>>[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${where} holds no JSON.`, { cause });
  }
  const list: unknown = Array.isArray(data) ? data : (data as { tools?: unknown } | null)?.tools;
  if (!Array.isArray(list)) throw new UsageError(`${where} holds no list of tools: expected { "tools": [...] }.`);
  return list.map((entry: unknown, at) => {
    if (typeof entry === 'object' && entry !== null) return entry as Readonly<Record<string, unknown>>;
    throw new UsageError(`${where}: tool number ${String(at + 1)} is no object.`);
  });
}

function unfit(error: unknown, what: string): unknown {
  if (!isContractError(error)) return error;
  const problems = error.problems.map(({ field, problem }) => `${field} ${problem}`).join('; ');
  return new UsageError(`${what} does not fit: ${problems}.`, { cause: error });
}
