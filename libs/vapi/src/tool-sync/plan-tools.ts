import { desiredTool } from './desired-tool.js';
import type { DesiredTool, SyncSettings } from './desired-tool.js';
import { diffTool } from './diff-tool.js';
import type { FieldDifference } from './diff-tool.js';
import { isSameUrl, publicUrl } from './remote-tool.js';
import type { RemoteTool } from './remote-tool.js';
import type { WantedTool } from './wanted-tool.js';

/** What is to be done about a wanted tool. */
export type PlannedTool =
  | {
      readonly action: 'create';
      readonly name: string;
      readonly desired: DesiredTool;
      readonly notes: readonly string[];
    }
  | {
      /** `adopt`: a tool of that name which another server answers so far. */
      readonly action: 'update' | 'adopt' | 'unchanged';
      readonly name: string;
      readonly desired: DesiredTool;
      readonly remote: RemoteTool;
      readonly differences: readonly FieldDifference[];
      readonly notes: readonly string[];
    };

export interface ToolPlan {
  /** By name. */
  readonly tools: readonly PlannedTool[];
  /** Tools with our webhook that nobody wants any more. Deleted only if that is asked for. */
  readonly stale: readonly RemoteTool[];
  /** How many other function tools there are; they are left alone. */
  readonly unmanaged: number;
}

export interface PlanOptions {
  /** Take over a tool of the same name that another server answers (default), or create one beside it. */
  readonly adopt?: boolean;
}

/** Compares what is wanted with what an account has. */
export function planTools(
  wanted: readonly WantedTool[],
  remote: readonly RemoteTool[],
  settings: SyncSettings,
  { adopt = true }: PlanOptions = {},
): ToolPlan {
  const tools = wanted.map((tool) => planTool(tool, remote, settings, adopt));
  const taken = new Set(tools.flatMap((tool) => (tool.action === 'create' ? [] : [tool.remote.id])));
  const names = new Set(wanted.map(({ name }) => name));
  const others = remote.filter(({ id }) => !taken.has(id));
  const stale = others.filter((tool) => !names.has(tool.name) && isSameUrl(tool.serverUrl, settings.webhookUrl));
  return { tools, stale, unmanaged: others.length - stale.length };
}

/** True when the account is not as it shall be; stale tools count only if they are to be deleted. */
export function hasDrift({ tools, stale }: ToolPlan, { prune }: { readonly prune: boolean }): boolean {
  return tools.some(({ action }) => action !== 'unchanged') || (prune && stale.length > 0);
}

function planTool(
  wanted: WantedTool,
  remote: readonly RemoteTool[],
  settings: SyncSettings,
  adopt: boolean,
): PlannedTool {
  const desired = desiredTool(wanted, settings);
  const { name } = wanted;
  const named = remote.filter((tool) => tool.name === name).sort((a, b) => (a.id < b.id ? -1 : 1));
  // Ours first: two installations in one account must not take a tool from each other again and again.
  const own = named.filter((tool) => isSameUrl(tool.serverUrl, settings.webhookUrl));
  const candidates = own.length > 0 || !adopt ? own : named;
  const chosen = candidates[0];
  if (chosen === undefined) return { action: 'create', name, desired, notes: beside(named) };
  const notes = candidates.length > 1 ? [chosenOf(candidates, chosen)] : [];
  const differences = diffTool(chosen.raw, desired);
  if (own.length === 0) {
    const takenFrom = `taken over from ${publicUrl(chosen.serverUrl)}`;
    return { action: 'adopt', name, desired, remote: chosen, differences, notes: [takenFrom, ...notes] };
  }
  return { action: differences.length > 0 ? 'update' : 'unchanged', name, desired, remote: chosen, differences, notes };
}

function beside(named: readonly RemoteTool[]): readonly string[] {
  return named.map(({ id, serverUrl }) => `beside ${id} of the same name at ${publicUrl(serverUrl)}`);
}

function chosenOf(candidates: readonly RemoteTool[], chosen: RemoteTool): string {
  const others = candidates.filter((tool) => tool !== chosen).map(({ id }) => id);
  return `${String(candidates.length)} tools have this name: ${chosen.id} is taken, ${others.join(', ')} left alone`;
}
