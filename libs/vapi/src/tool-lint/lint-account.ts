import { idOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import type { RemoteAssistant } from '../tool-sync/assistant.js';
import { functionTools, isSameUrl } from '../tool-sync/remote-tool.js';
import type { RemoteTool } from '../tool-sync/remote-tool.js';
import type { WantedTool } from '../tool-sync/wanted-tool.js';
import { FindingCodes, FindingSeverities, findingsAt } from './finding.types.js';
import type { Finding } from './finding.types.js';
import { lintAssistant } from './lint-assistant.js';
import type { AssistantLintSettings } from './lint-assistant.js';
import { lintTool } from './lint-tool.js';
import { lintWanted } from './lint-wanted.js';

export interface AccountToLint {
  readonly wanted: readonly WantedTool[];
  /** All that the account lists, tools of other kinds too. */
  readonly tools: readonly JsonObject[];
  readonly assistants: readonly RemoteAssistant[];
  /** These were named: they shall have every wanted tool. Of the others only those with tools of ours are looked at. */
  readonly named: ReadonlySet<string>;
  readonly settings: AssistantLintSettings;
}

/** Everything that will not work as it stands, the worst first. */
export function lintAccount({ wanted, tools, assistants, named, settings }: AccountToLint): readonly Finding[] {
  const remote = functionTools(tools);
  const ours = remote.filter((tool) => isSameUrl(tool.serverUrl, settings.webhookUrl));
  const names = new Set(wanted.map(({ name }) => name));
  const isWanted = ({ name }: RemoteTool): boolean => names.has(name);
  const toolIds = new Set(tools.flatMap(({ id }) => idOf(id) ?? []));
  const found = [
    ...wanted.flatMap(lintWanted),
    ...ours.filter(isWanted).flatMap((tool) => lintTool(tool.raw, `tool ${tool.name}`)),
    ...lintNames(ours, wanted),
    ...assistants
      .filter((assistant) => named.has(assistant.id) || usesTools(assistant, ours))
      .flatMap((assistant) =>
        lintAssistant(assistant, { settings, wanted, tools: remote, toolIds, shallHaveAll: named.has(assistant.id) }),
      ),
  ];
  const rank = (finding: Finding): number => FindingSeverities.indexOf(finding.severity);
  return found.sort((a, b) => rank(a) - rank(b));
}

function usesTools(assistant: RemoteAssistant, tools: readonly RemoteTool[]): boolean {
  const names = new Set(tools.map(({ name }) => name));
  return (
    tools.some(({ id }) => assistant.toolIds.includes(id)) ||
    functionTools(assistant.inlineTools.map((raw) => ({ ...raw, id: 'inline' }))).some(({ name }) => names.has(name))
  );
}

function lintNames(ours: readonly RemoteTool[], wanted: readonly WantedTool[]): readonly Finding[] {
  const names = new Set(wanted.map(({ name }) => name));
  const stale = ours.filter(({ name }) => !names.has(name));
  const twice = ours.filter(
    (tool, at) => names.has(tool.name) && ours.findIndex(({ name }) => name === tool.name) < at,
  );
  return [
    ...stale.map(({ id, name }) =>
      findingsAt(`tool ${name}`)(
        FindingCodes.ToolNotWanted,
        'warning',
        `it has our webhook (${id}), and is not among the wanted tools`,
        'Start its worker, or delete it: npm run vapi -- tools apply --prune',
      ),
    ),
    ...twice.map(({ id, name }) =>
      findingsAt(`tool ${name}`)(
        FindingCodes.ToolNameTwice,
        'warning',
        `there is another one of this name with our webhook (${id})`,
        'Delete the one that no assistant has.',
      ),
    ),
  ];
}
