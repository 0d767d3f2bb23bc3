import { readFile, writeFile } from 'node:fs/promises';
import type { ToolDefinition } from '@interject/contracts';
import { UsageError } from '../usage.errors.js';
import { readTools, sourceKindOf, typedPath } from './tool-source.js';
import type { SourceOptions } from './tool-source.js';
import type { Verdict } from './vapi-actions.js';
import type { VapiPorts } from './vapi-ports.js';

export interface ExportOptions extends SourceOptions {
  readonly output?: string;
  /** Compare with this file instead of writing one. */
  readonly check?: string;
}

/** `tools export`: the definitions as a file, so that plan and check work where no system runs. */
export async function exportTools(options: ExportOptions, ports: VapiPorts): Promise<Verdict> {
  if (options.output !== undefined && options.check !== undefined) {
    throw new UsageError('Give --output or --check, not both.');
  }
  const env = ports.env();
  const { definitions, source } = await readTools(sourceKindOf(options, env), options, env);
  const text = exportText(definitions);
  if (options.check !== undefined) return compare(options.check, typedPath(options.check, env), text, source, ports);
  if (options.output === undefined) {
    ports.out(text.trimEnd());
    return 0;
  }
  await writeFile(typedPath(options.output, env), text);
  ports.error(`${String(definitions.length)} tools of ${source} written to ${options.output}`);
  return 0;
}

/** The same for the same definitions, in whatever order they came. */
export function exportText(definitions: readonly ToolDefinition[]): string {
  const tools = [...definitions].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${JSON.stringify({ tools }, sorted, 2)}\n`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function compare(file: string, path: string, text: string, source: string, ports: VapiPorts): Promise<Verdict> {
  const given = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  });
  if (given === text) {
    ports.out(`${file} is what ${source} has.`);
    return 0;
  }
  ports.out(`${file} is not what ${source} has: write it anew with tools export --output ${file}`);
  return 1;
}
