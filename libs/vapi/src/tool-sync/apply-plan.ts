import type { AccountTools } from '../rest/vapi-account.types.js';
import { isVapiRestError, VapiRestCodes } from '../rest/vapi-rest.errors.js';
import type { JsonObject } from '../json-reader.js';
import type { DesiredTool } from './desired-tool.js';
import { diffTool, patchOf } from './diff-tool.js';
import type { FieldDifference } from './diff-tool.js';
import type { PlannedTool, ToolPlan } from './plan-tools.js';
import { functionTools, isSameUrl } from './remote-tool.js';
import type { RemoteTool } from './remote-tool.js';

/** What became of one tool. */
export type ToolOutcome =
  | {
      readonly kind: 'created' | 'updated' | 'adopted' | 'unchanged';
      readonly name: string;
      readonly id: string;
      /** Vapi's `latestVersion` after it (VAPI.md 5), where the organisation has versions. */
      readonly version?: string;
      /** The version is the one from before: Vapi may have made a draft, which calls do not use. */
      readonly mayBeDraft: boolean;
      /** What Vapi took and did not keep. */
      readonly notKept: readonly FieldDifference[];
    }
  | { readonly kind: 'deleted'; readonly name: string; readonly id: string }
  | { readonly kind: 'failed' | 'not-tried'; readonly name: string; readonly problem: string };

export interface ApplyOptions {
  readonly prune: boolean;
  /** Called after each tool, in order. */
  readonly onOutcome?: (outcome: ToolOutcome) => void;
}

/** A wrong key refuses the next one just as well. */
const STOPS: ReadonlySet<string> = new Set([VapiRestCodes.Auth, VapiRestCodes.Redirect]);

/**
 * Does what a plan says, one tool after the other. What fails does not keep the others back, unless nothing can succeed.
 * To do it again does no harm: what is done already is `unchanged` in the next plan.
 */
export async function applyPlan(
  account: AccountTools,
  plan: ToolPlan,
  { prune, onOutcome }: ApplyOptions,
): Promise<readonly ToolOutcome[]> {
  const outcomes: ToolOutcome[] = [];
  let obstacle: string | undefined;
  const step = async (name: string, act: () => Promise<ToolOutcome>): Promise<void> => {
    const outcome: ToolOutcome =
      obstacle === undefined
        ? await act().catch((error: unknown): ToolOutcome => {
            if (!isVapiRestError(error)) throw error;
            if (STOPS.has(error.code)) obstacle = error.message;
            return { kind: 'failed', name, problem: problemOf(error.code, error.message) };
          })
        : { kind: 'not-tried', name, problem: 'the one before could not be done either' };
    outcomes.push(outcome);
    onOutcome?.(outcome);
  };
  for (const tool of plan.tools) await step(tool.name, () => applyTool(account, tool, plan));
  for (const tool of prune ? plan.stale : []) await step(tool.name, () => deleteTool(account, tool));
  return outcomes;
}

function problemOf(code: string, message: string): string {
  return code === VapiRestCodes.NotFound ? `${message}: it has been deleted meanwhile; apply again` : message;
}

async function applyTool(account: AccountTools, tool: PlannedTool, plan: ToolPlan): Promise<ToolOutcome> {
  const { name, desired } = tool;
  switch (tool.action) {
    case 'create':
      return outcomeOf('created', name, await create(account, desired, plan), desired);
    case 'unchanged':
      return outcomeOf('unchanged', name, tool.remote.raw, desired);
    case 'update':
    case 'adopt': {
      const { id, raw } = tool.remote;
      const kind = tool.action === 'update' ? 'updated' : 'adopted';
      await account.updateTool(id, patchOf(raw, desired, tool.differences));
      // What was sent may be a draft, or kept in part (VAPI.md 5): only the account itself can tell.
      return outcomeOf(kind, name, await account.getTool(id), desired, raw['latestVersion']);
    }
  }
}

/** A `POST` without an answer may have created the tool all the same: the list tells, and nothing is sent twice. */
async function create(account: AccountTools, desired: DesiredTool, plan: ToolPlan): Promise<JsonObject> {
  try {
    return await account.createTool({ type: 'function', ...desired });
  } catch (error) {
    if (!isVapiRestError(error) || !error.isAmbiguous) throw error;
    const known = new Set(plan.tools.flatMap((tool) => (tool.action === 'create' ? [] : [tool.remote.id])));
    const found = functionTools(await account.listTools()).find(
      ({ id, name, serverUrl }) =>
        !known.has(id) && name === desired.function.name && isSameUrl(serverUrl, desired.server.url),
    );
    if (found === undefined) throw error;
    return found.raw;
  }
}

async function deleteTool(account: AccountTools, { id, name }: RemoteTool): Promise<ToolOutcome> {
  try {
    await account.deleteTool(id);
    return { kind: 'deleted', name, id };
  } catch (error) {
    if (!isVapiRestError(error) || error.code !== VapiRestCodes.Conflict) throw error;
    const problem = `${id} is still attached to an assistant: detach it there, then prune again (${error.message})`;
    return { kind: 'failed', name, problem };
  }
}

function outcomeOf(
  kind: 'created' | 'updated' | 'adopted' | 'unchanged',
  name: string,
  raw: JsonObject,
  desired: DesiredTool,
  versionBefore?: unknown,
): ToolOutcome {
  const version = raw['latestVersion'];
  return {
    kind,
    name,
    id: String(raw['id']),
    ...(typeof version === 'string' && { version }),
    mayBeDraft: typeof version === 'string' && version === versionBefore,
    notKept: diffTool(raw, desired),
  };
}
