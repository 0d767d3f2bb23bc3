import { createHash } from 'node:crypto';
import { isContractError, parse, ToolDefinition } from '@interject/contracts';
import type { CompiledTool, ToolRegistration } from '../tool-source.types.js';

const VERSION_LENGTH = 12;
const MAX_CONCURRENCY = 10_000;

/** JSON with sorted keys: the same for equal definitions, however they were written. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Short hash that changes when any field of the definition does. */
export function definitionVersion(definition: Omit<ToolDefinition, 'version'>): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex').slice(0, VERSION_LENGTH);
}

function problemsOf({ definition, concurrency, origin }: ToolRegistration, worker: string): string[] {
  const problems: string[] = [];
  try {
    parse(ToolDefinition, { ...definition, worker, version: '-' });
  } catch (error) {
    if (!isContractError(error)) throw error;
    problems.push(...error.problems.map(({ field, problem }) => `${field} ${problem}`));
  }
  if (definition.parameters['type'] !== 'object') {
    problems.push("parameters must be a JSON Schema of an object: give it `type: 'object'`");
  }
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    problems.push(`concurrency must be an integer from 1 to ${String(MAX_CONCURRENCY)}`);
  }
  return problems.map((problem) => `${origin} (tool "${definition.name}"): ${problem}`);
}

function duplicates(registrations: readonly ToolRegistration[]): string[] {
  const origins = new Map<string, string[]>();
  for (const { definition, origin } of registrations) {
    origins.set(definition.name, [...(origins.get(definition.name) ?? []), origin]);
  }
  return [...origins]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => {
      const where = same.join(' and ');
      return `tool "${name}" has ${String(same.length)} handlers (${where}): keep one, or give them different names`;
    });
}

/** What compiling gave: tools to run, or everything that is wrong with them. */
export interface CompiledTools {
  readonly tools: readonly CompiledTool[];
  readonly problems: readonly string[];
}

/**
 * Completes and checks the definitions.
 *
 * @param worker name of this app
 */
export function compileTools(registrations: readonly ToolRegistration[], worker: string): CompiledTools {
  const problems = [...registrations.flatMap((one) => problemsOf(one, worker)), ...duplicates(registrations)];
  if (problems.length > 0) return { tools: [], problems };
  const tools = registrations.map((registration) => {
    const definition = { ...registration.definition, worker };
    return { ...registration, definition: { ...definition, version: definitionVersion(definition) } };
  });
  return { tools, problems };
}
