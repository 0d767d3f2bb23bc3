import { objectOf } from '../json-reader.js';
import type { SyncSettings } from '../tool-sync/desired-tool.js';
import type { RemoteAssistant } from '../tool-sync/assistant.js';
import { functionTool, isSameUrl, publicUrl, serverUrlOf } from '../tool-sync/remote-tool.js';
import type { RemoteTool } from '../tool-sync/remote-tool.js';
import type { WantedTool } from '../tool-sync/wanted-tool.js';
import { FindingCodes, findingsAt } from './finding.types.js';
import type { Finding } from './finding.types.js';
import { lintTool } from './lint-tool.js';

/** What the installation is like, as far as assistants depend on it. */
export interface AssistantLintSettings extends SyncSettings {
  /** `VAPI_PUBLIC_KEY` is set. */
  readonly hasPublicKey: boolean;
}

export interface AssistantSurroundings {
  readonly settings: AssistantLintSettings;
  readonly wanted: readonly WantedTool[];
  /** All function tools of the account. */
  readonly tools: readonly RemoteTool[];
  /** Ids of all tools of the account, those of other kinds too. */
  readonly toolIds: ReadonlySet<string>;
  /** Every wanted tool shall be attached. */
  readonly shallHaveAll: boolean;
}

/** What the gateway lives on (VAPI.md 0, row 18). */
const NEEDED = [
  'tool-calls',
  'status-update',
  'speech-update',
  'user-interrupted',
  'end-of-call-report',
  'assistant.started',
] as const;
/** Vapi's defaults hold all of these, and not this one: it hands hanging up and forwarding over to the server (VAPI.md 4). */
const FORBIDDEN = 'phone-call-control';
/** Vapi's defaults, seconds (VAPI.md 4). */
const DEFAULT_SILENCE_S = 30;
const DEFAULT_DURATION_S = 600;

/** What of an assistant keeps results from being spoken. */
export function lintAssistant(assistant: RemoteAssistant, around: AssistantSurroundings): readonly Finding[] {
  const where = assistantPlace(assistant);
  return [
    ...lintServerMessages(assistant, where),
    ...lintAssistantServer(assistant, around.settings, where),
    ...lintControl(assistant, around.settings, where),
    ...lintTimers(assistant, around, where),
    ...lintAttachments(assistant, around, where),
    ...lintInlineTools(assistant, around, where),
  ];
}

function assistantPlace({ id, name }: RemoteAssistant): string {
  return name === id ? `assistant ${id}` : `assistant ${name} (${id})`;
}

function lintServerMessages({ raw }: RemoteAssistant, where: string): readonly Finding[] {
  const given = raw['serverMessages'];
  // Unset means Vapi's defaults.
  if (!Array.isArray(given)) return [];
  const finding = findingsAt(where);
  const missing = NEEDED.filter((one) => !given.includes(one));
  const found: Finding[] = [];
  if (missing.length > 0) {
    const problem = `serverMessages lacks ${missing.join(', ')}`;
    const fix = 'Add them: without speech-update and status-update results are spoken blindly, or after the call.';
    found.push(finding(FindingCodes.ServerMessageMissing, 'error', problem, fix));
  }
  if (given.includes(FORBIDDEN)) {
    const problem = `serverMessages has ${FORBIDDEN}: Vapi leaves hanging up and forwarding to the server then`;
    found.push(finding(FindingCodes.ServerMessageForbidden, 'error', problem, `Take ${FORBIDDEN} out.`));
  }
  return found;
}

function lintAssistantServer({ raw }: RemoteAssistant, settings: SyncSettings, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const url = serverUrlOf(raw);
  const { webhookUrl, credentialId } = settings;
  if (url === undefined) {
    const problem =
      'it has no server.url: speech and status events go to its phone number, the organisation, or nobody';
    const fix = `Set server.url to ${webhookUrl}, unless the phone number or the organisation has it.`;
    return [finding(FindingCodes.AssistantServerMissing, 'warning', problem, fix)];
  }
  if (!isSameUrl(url, webhookUrl)) {
    const problem = `its server.url is ${publicUrl(url)}: the gateway hears nothing of its calls but the tool calls`;
    const fix = `Set server.url to ${webhookUrl}, or have that server pass the events on.`;
    return [finding(FindingCodes.AssistantServerElsewhere, 'error', problem, fix)];
  }
  const own = objectOf(raw['server'])?.['credentialId'];
  if (credentialId === undefined || own === credentialId) return [];
  const problem = 'its server has another credential than its tools, or none: the gateway may refuse its events';
  return [
    finding(FindingCodes.AssistantServerCredential, 'warning', problem, `Set server.credentialId to ${credentialId}.`),
  ];
}

function lintControl({ raw }: RemoteAssistant, settings: AssistantLintSettings, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const plan = objectOf(raw['monitorPlan']) ?? {};
  if (plan['controlEnabled'] === false) {
    const problem = 'monitorPlan.controlEnabled is false: nothing can be said into its calls';
    return [finding(FindingCodes.ControlDisabled, 'error', problem, 'Set it to true.')];
  }
  if (plan['controlAuthenticationEnabled'] !== true || settings.hasPublicKey) return [];
  const problem = 'its control URLs ask for the public key, and none is configured';
  const fix = 'Set VAPI_PUBLIC_KEY here and for the notifier, or monitorPlan.controlAuthenticationEnabled to false.';
  return [finding(FindingCodes.ControlKeyMissing, 'error', problem, fix)];
}

function lintTimers(assistant: RemoteAssistant, around: AssistantSurroundings, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const jobs = attachedTools(assistant, around).filter(({ mode }) => mode === 'async');
  const found: Finding[] = [];
  const silenceS = secondsOf(assistant, 'silenceTimeoutSeconds', DEFAULT_SILENCE_S);
  const quiet = longest(jobs.filter(({ hasFillers }) => !hasFillers));
  if (quiet !== undefined && quiet.timeoutMs > silenceS * 1000) {
    const problem = `silence ends the call after ${String(silenceS)} s, ${quiet.name} may take ${inSeconds(quiet)} without a word`;
    const fix = 'Give the tool fillers or progress reports, or raise silenceTimeoutSeconds.';
    found.push(finding(FindingCodes.SilenceTimeoutShort, 'warning', problem, fix));
  }
  const durationS = secondsOf(assistant, 'maxDurationSeconds', DEFAULT_DURATION_S);
  const slowest = longest(jobs);
  if (slowest !== undefined && slowest.timeoutMs > durationS * 1000) {
    const problem = `a call ends after ${String(durationS)} s, ${slowest.name} may take ${inSeconds(slowest)}`;
    const fix = 'Raise maxDurationSeconds, shorten timeoutMs, or answer the result with a follow-up worker.';
    found.push(finding(FindingCodes.MaxDurationShort, 'warning', problem, fix));
  }
  return found;
}

function attachedTools(assistant: RemoteAssistant, { tools, wanted }: AssistantSurroundings): readonly WantedTool[] {
  const byId = tools.filter(({ id }) => assistant.toolIds.includes(id)).map(({ name }) => name);
  const inline = assistant.inlineTools.map((raw) => objectOf(raw['function'])?.['name']);
  const names: ReadonlySet<unknown> = new Set([...byId, ...inline]);
  return wanted.filter(({ name }) => names.has(name));
}

function secondsOf({ raw }: RemoteAssistant, field: string, otherwise: number): number {
  const value = raw[field];
  return typeof value === 'number' && value > 0 ? value : otherwise;
}

function longest(tools: readonly WantedTool[]): WantedTool | undefined {
  return [...tools].sort((a, b) => b.timeoutMs - a.timeoutMs)[0];
}

function inSeconds({ timeoutMs }: WantedTool): string {
  return `${String(Math.ceil(timeoutMs / 1000))} s`;
}

function lintAttachments(assistant: RemoteAssistant, around: AssistantSurroundings, where: string): readonly Finding[] {
  const finding = findingsAt(where);
  const found: Finding[] = [];
  const gone = assistant.toolIds.filter((id) => !around.toolIds.has(id));
  if (gone.length > 0) {
    const problem = `it has tools that do not exist: ${gone.join(', ')}; every call of it fails`;
    found.push(finding(FindingCodes.AttachedToolMissing, 'error', problem, 'Take these ids out of model.toolIds.'));
  }
  const ours = around.tools.filter(({ serverUrl }) => isSameUrl(serverUrl, around.settings.webhookUrl));
  const pinned = ours.filter(({ id }) => assistant.pinnedToolIds.includes(id)).map(({ name }) => name);
  if (pinned.length > 0) {
    const problem = `it pins a version of ${pinned.join(', ')}: what is applied does not reach it`;
    const fix = 'Move the tools from model.toolRefs to model.toolIds, or raise the version after each apply.';
    found.push(finding(FindingCodes.ToolPinned, 'warning', problem, fix));
  }
  const names = new Set(attachedTools(assistant, around).map(({ name }) => name));
  const missing = around.wanted.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (around.shallHaveAll && missing.length > 0) {
    const problem = `it lacks ${missing.join(', ')}`;
    const fix = `npm run vapi -- tools apply --assistant ${assistant.id}`;
    found.push(finding(FindingCodes.ToolNotAttached, 'error', problem, fix));
  }
  return found;
}

/** Tools inside the assistant are not kept up to date by a sync. */
function lintInlineTools(assistant: RemoteAssistant, around: AssistantSurroundings, where: string): readonly Finding[] {
  const names = new Set(around.wanted.map(({ name }) => name));
  return assistant.inlineTools.flatMap((raw) => {
    const tool = functionTool(raw, 'inline');
    const isOurs =
      tool !== undefined && (names.has(tool.name) || isSameUrl(tool.serverUrl, around.settings.webhookUrl));
    if (!isOurs) return [];
    const place = `${where}, inline tool ${tool.name}`;
    const problem = 'it is written into the assistant itself: apply does not keep it up to date';
    const fix = 'Take it out of model.tools and attach the tool by its id (--assistant).';
    return [findingsAt(place)(FindingCodes.ToolInline, 'warning', problem, fix), ...lintTool(raw, place)];
  });
}
