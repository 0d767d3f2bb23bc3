import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import type { Scenario, ScenarioTool } from '../scenario/scenario.types.js';
import type { StoredAssistantFacts } from '../scenario/stored.types.js';
import { planOfItsOwn } from '../webhooks/backoff.js';
import { RunError } from '../run/run.errors.js';
import { toolIdsOf, type Account } from './account.js';
import { DEFAULT_SERVER_MESSAGES } from './assistant-checks.js';
import { playedTool } from './stored-tool.js';
import { routeOf, type RouteOptions } from './webhook-route.js';

/** How a call ends whose assistant names a tool that is not there: it never starts (VAPI.md 5). The reason is a guess. */
export const MISSING_TOOL_REASON = 'call.start.error-get-resources-validation';

/**
 * A scenario with what the account knows of its assistant: its tools, `serverMessages`, `server`, `monitorPlan` and prompt
 * instead of the scenario's. One without `assistantId` stays as it is.
 * @param gatewayUrl where webhooks go under `servers: gateway`
 * @throws RunError `assistant-unknown`, `tool-unknown`
 */
export function withStoredAssistant(scenario: Scenario, account: Account, gatewayUrl: string): Scenario {
  const { assistantId, behaviour, servers } = scenario;
  if (assistantId === undefined) return scenario;
  const stored = account.find('assistant', assistantId);
  if (stored === undefined) {
    const advice = 'create it with POST /assistant, or seed it with POST /simulator/account or SIMULATOR_ACCOUNT_FILE';
    throw new RunError('assistant-unknown', `the simulated account has no assistant ${assistantId}: ${advice}`, false);
  }
  const options: RouteOptions = {
    gatewayUrl: servers === 'gateway' ? gatewayUrl : undefined,
    planOfItsOwn: planOfItsOwn(behaviour.repeatsWithoutPlan),
  };
  const definition = stored.published;
  const { tools, missing } = toolsOf(definition, account, options);
  const monitorPlan = isJsonObject(definition['monitorPlan']) ? definition['monitorPlan'] : {};
  const assistant: StoredAssistantFacts = {
    id: stored.id,
    orgId: account.orgId,
    definition,
    server: routeOf(definition['server'], options),
    isControlEnabled: monitorPlan['controlEnabled'] !== false,
    fault: missing.length === 0 ? undefined : MISSING_TOOL_REASON,
  };
  const isAuthenticated = monitorPlan['controlAuthenticationEnabled'] === true;
  const played: Scenario = {
    ...scenario,
    assistant,
    tools,
    prompt: promptOf(definition) ?? scenario.prompt,
    serverMessages: serverMessagesOf(definition),
    faults: isAuthenticated ? { ...scenario.faults, controlAuthentication: true } : scenario.faults,
  };
  if (assistant.fault === undefined) requireTools(played);
  return assistant.isControlEnabled ? played : withoutMonitor(played);
}

/** Inline tools and `toolIds` merge (VAPI.md 5). */
function toolsOf(
  definition: JsonObject,
  account: Account,
  options: RouteOptions,
): { readonly tools: readonly ScenarioTool[]; readonly missing: readonly string[] } {
  const ids = toolIdsOf(definition);
  const byId = ids.map((id) => account.find('tool', id)?.published);
  const model = isJsonObject(definition['model']) ? definition['model'] : {};
  const inline: readonly unknown[] = Array.isArray(model['tools']) ? model['tools'] : [];
  const tools = [...byId, ...inline.filter(isJsonObject)]
    .map((tool) => (tool === undefined ? undefined : playedTool(tool, options)))
    .filter((tool) => tool !== undefined);
  return { tools, missing: ids.filter((_, index) => byId[index] === undefined) };
}

function requireTools({ assistantId, steps, tools }: Scenario): void {
  const names = tools.map((tool) => tool.name);
  const wanted = steps.flatMap(({ action }) => (action.kind === 'tool-calls' ? action.calls : []));
  const unknown = wanted.find(({ tool }) => !names.includes(tool));
  if (unknown === undefined) return;
  const has = names.length === 0 ? 'no function tool' : names.join(', ');
  throw new RunError('tool-unknown', `assistant ${assistantId} cannot call ${unknown.tool}: it has ${has}`, false);
}

function serverMessagesOf({ serverMessages }: JsonObject): readonly string[] {
  return Array.isArray(serverMessages)
    ? serverMessages.filter((type) => typeof type === 'string')
    : DEFAULT_SERVER_MESSAGES;
}

function promptOf({ model }: JsonObject): string | undefined {
  const messages: unknown = isJsonObject(model) ? model['messages'] : undefined;
  if (!Array.isArray(messages)) return undefined;
  const system = (messages as readonly unknown[]).filter(isJsonObject).find(({ role }) => role === 'system');
  return typeof system?.['content'] === 'string' ? system['content'] : undefined;
}

/** With `controlEnabled: false` no webhook shows a control URL. */
function withoutMonitor(scenario: Scenario): Scenario {
  const steps = scenario.steps.map((step) =>
    step.action.kind === 'tool-calls'
      ? { ...step, action: { ...step.action, shape: { ...step.action.shape, monitor: false } } }
      : step,
  );
  return { ...scenario, steps, shape: { ...scenario.shape, monitor: false } };
}
