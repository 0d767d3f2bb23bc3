import { loadConfigs } from '@interject/runtime';
import { functionTools, planTools, remoteAssistant, VapiAccount, wantedTools } from '@interject/vapi/tools';
import type { RemoteAssistant, SyncSettings, ToolPlan, WantedTool } from '@interject/vapi/tools';
import { UsageError } from '../usage.errors.js';
import { readTools, SOURCE_PRESETS, sourceConfigs, sourceKindOf } from './tool-source.js';
import type { SourceOptions } from './tool-source.js';
import { VapiConfig } from './vapi.config.js';
import type { VapiPorts } from './vapi-ports.js';

/** What was typed, as far as all commands have it in common. */
export interface AccountOptions extends SourceOptions {
  /** The tools that the gateway answers itself are not wanted. */
  readonly withoutCallerTools?: boolean;
  /** Ids of assistants. */
  readonly assistant?: readonly string[];
  /** False: `--no-adopt`. */
  readonly adopt?: boolean;
  readonly prune?: boolean;
  readonly json?: boolean;
}

/** What is wanted and what is there, read once. */
export interface VapiSession {
  readonly account: VapiAccount;
  readonly settings: SyncSettings & { readonly hasPublicKey: boolean };
  /** Where the wanted tools were read, for people. */
  readonly source: string;
  readonly wanted: readonly WantedTool[];
  /** All that the account lists. */
  readonly tools: readonly Readonly<Record<string, unknown>>[];
  readonly plan: ToolPlan;
}

/**
 * Reads both sides and compares them.
 *
 * @throws ConfigurationError with all faults together; UsageError, VapiRestError, MessagingError
 */
export async function withSession<T>(
  options: AccountOptions,
  ports: VapiPorts,
  use: (session: VapiSession) => Promise<T>,
): Promise<T> {
  const env = ports.env();
  const kind = sourceKindOf(options, env);
  if (options.prune === true && kind !== 'file') {
    // A registry knows who runs: a worker that has not been started since the store is new is no tool that is not wanted.
    throw new UsageError(
      '--prune needs --file: what runs just now is not all that is wanted. tools export writes the file.',
    );
  }
  const configs = loadConfigs([VapiConfig, ...sourceConfigs(kind)], env, {
    service: 'vapi-tools',
    presets: SOURCE_PRESETS,
  });
  const config = configs.get(VapiConfig);
  const { definitions, source, notes } = await readTools(kind, options, env);
  for (const note of notes) ports.error(`note: ${note}`);
  if (options.prune === true && definitions.length === 0) {
    throw new UsageError(`${source} has no tools: --prune would delete all of them.`);
  }
  const wanted = wantedTools(definitions, { withCallerTools: options.withoutCallerTools !== true });
  const { webhookUrl, credentialId, publicKey } = config;
  const settings = {
    webhookUrl,
    ...(credentialId !== undefined && { credentialId }),
    hasPublicKey: publicKey !== undefined,
  };
  const account = new VapiAccount({
    apiKey: config.apiKey,
    baseUrl: config.baseUrl,
    spacingMs: config.requestSpacingMs,
    clock: ports.clock,
    onRetry: ({ message }, waitMs) => {
      ports.error(`note: ${message}; again in ${String(Math.ceil(waitMs / 1000))} s`);
    },
  });
  try {
    const tools = await account.listTools();
    const plan = planTools(wanted, functionTools(tools), settings, { adopt: options.adopt !== false });
    return await use({ account, settings, source, wanted, tools, plan });
  } finally {
    await account.close();
  }
}

/**
 * All assistants of the account.
 *
 * @throws UsageError when a named one is not among them
 */
export async function readAssistants(
  account: VapiAccount,
  named: readonly string[],
): Promise<readonly RemoteAssistant[]> {
  const assistants = (await account.listAssistants()).flatMap((raw) => remoteAssistant(raw) ?? []);
  const unknown = named.filter((id) => !assistants.some((assistant) => assistant.id === id));
  if (unknown.length > 0) throw new UsageError(`There is no assistant ${unknown.join(', ')} in this account.`);
  return assistants;
}
