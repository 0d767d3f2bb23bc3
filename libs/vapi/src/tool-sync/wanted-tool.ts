import { CallerTools, isCallerTool } from '@interject/contracts';
import type { ToolCallMode, ToolDefinition } from '@interject/contracts';
import { ToolSyncError } from './tool-sync.errors.js';

/** A tool that assistants shall have, with what Vapi has to know of it. */
export interface WantedTool {
  readonly name: string;
  readonly description: string;
  /** The true JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly mode: ToolCallMode;
  readonly graceMs: number;
  readonly timeoutMs: number;
  readonly sayOnStart?: string;
  readonly staticArguments?: Readonly<Record<string, string>>;
  /** Something is said while the job runs, so that silence does not end the call. */
  readonly hasFillers: boolean;
  /** Who answers it: a worker app, or the gateway itself. */
  readonly origin: string;
}

/** The gateway asks the partition's owner for half a second at most. */
const CALLER_TOOL_MS = 1_000;

/**
 * What an account shall have: the tools of the workers, and those that the gateway answers itself.
 *
 * @returns by name
 * @throws ToolSyncError when a name is taken twice
 */
export function wantedTools(
  definitions: readonly ToolDefinition[],
  { withCallerTools }: { readonly withCallerTools: boolean },
): readonly WantedTool[] {
  const own = definitions.map(ofDefinition);
  const reserved = own.find(({ name }) => isCallerTool(name));
  if (reserved !== undefined) {
    throw new ToolSyncError(
      `${reserved.name} is a tool of the gateway: ${reserved.origin} must name its own otherwise.`,
    );
  }
  const all = [...own, ...(withCallerTools ? callerTools() : [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = all.find((tool, at) => all[at + 1]?.name === tool.name);
  if (twice !== undefined)
    throw new ToolSyncError(`${twice.name} is defined twice: each tool needs a name of its own.`);
  return all;
}

function ofDefinition(definition: ToolDefinition): WantedTool {
  const { name, description, parameters, graceMs, timeoutMs, sayOnStart, staticArguments } = definition;
  return {
    name,
    description,
    parameters,
    mode: definition.mode ?? 'async',
    graceMs,
    timeoutMs,
    ...(sayOnStart !== undefined && { sayOnStart }),
    ...(staticArguments !== undefined && { staticArguments }),
    hasFillers: definition.fillers !== undefined,
    origin: definition.worker,
  };
}

function callerTools(): readonly WantedTool[] {
  return Object.values(CallerTools).map(({ name, description, parameters }) => ({
    name,
    description,
    parameters,
    mode: 'sync',
    graceMs: 0,
    timeoutMs: CALLER_TOOL_MS,
    hasFillers: false,
    origin: 'gateway',
  }));
}
