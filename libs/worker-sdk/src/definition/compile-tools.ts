import { createHash } from 'node:crypto';
import { canonicalJson, isCallerTool, isContractError, parse, ToolDefinition } from '@interject/contracts';
import { limitProblems } from '../limits/limit-problems.js';
import type { CompiledTool, OwnToolDefinition, ToolRegistration } from '../tool-source.types.js';

const VERSION_LENGTH = 12;

/** Short hash that changes when any field of the definition does. */
export function definitionVersion(definition: Omit<ToolDefinition, 'version'>): string {
  return createHash('sha256').update(canonicalJson(definition)).digest('hex').slice(0, VERSION_LENGTH);
}

/** What the contract alone does not tell: fields that do not go together. */
function conflictsOf({ name, parameters, staticArguments, graceMs, speech }: OwnToolDefinition): string[] {
  const problems: string[] = [];
  if (isCallerTool(name)) {
    problems.push('the gateway answers a tool of this name itself: give yours another name');
  }
  if (parameters['type'] !== 'object') {
    problems.push("parameters must be a JSON Schema of an object: give it `type: 'object'`");
  }
  const properties = Object.keys((parameters['properties'] as object | undefined) ?? {});
  const unknown = Object.keys(staticArguments ?? {}).filter((argument) => !properties.includes(argument));
  if (unknown.length > 0) {
    problems.push(`staticArguments must be properties of parameters too: ${unknown.join(', ')}`);
  }
  if (speech?.endCallAfter === true && graceMs > 0) {
    problems.push(
      'graceMs must be 0 with speech.endCallAfter: a result that answers the webhook is said by Vapi, and the call would not end after it',
    );
  }
  return problems;
}

function problemsOf(registration: ToolRegistration, worker: string): string[] {
  const { definition, origin } = registration;
  const problems: string[] = [];
  try {
    parse(ToolDefinition, { ...definition, worker, version: '-' });
  } catch (error) {
    if (!isContractError(error)) throw error;
    problems.push(...error.problems.map(({ field, problem }) => `${field} ${problem}`));
  }
  problems.push(...conflictsOf(definition));
  problems.push(...limitProblems(registration));
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
