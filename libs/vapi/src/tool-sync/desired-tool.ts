import { DEFAULT_START_TEXT, strictParameters } from '@interject/contracts';
import type { StrictParameters } from '@interject/contracts';
import type { Vapi } from '@vapi-ai/server-sdk';
import type { WantedTool } from './wanted-tool.js';

/** What the tools of one installation have in common. */
export interface SyncSettings {
  /** `<GATEWAY_PUBLIC_URL>/vapi/webhook` */
  readonly webhookUrl: string;
  /** By which Vapi proves who it is; without one whatever a tool has stays. */
  readonly credentialId?: string;
}

export type DesiredMessage =
  | { readonly type: 'request-complete'; readonly role: 'assistant'; readonly content: string }
  | { readonly type: 'request-start'; readonly content: string };

/** The fields of a Vapi tool that are set; whatever else a tool has is left alone. */
export interface DesiredTool {
  readonly async: boolean;
  readonly function: {
    readonly name: string;
    readonly description: string;
    readonly parameters: StrictParameters['parameters'];
    readonly strict: boolean;
  };
  readonly server: {
    readonly url: string;
    readonly timeoutSeconds: number;
    readonly credentialId?: string;
    readonly backoffPlan: typeof BACKOFF_PLAN;
  };
  readonly messages: readonly DesiredMessage[];
  /** Static arguments, by key. */
  readonly parameters: readonly { readonly key: string; readonly value: string }[];
}

/** The SDK has to know each of them. */
export const MANAGED_FIELDS = [
  'async',
  'function',
  'server',
  'messages',
  'parameters',
] as const satisfies readonly (keyof DesiredTool & keyof Vapi.CreateFunctionToolDto)[];

/** The gateway takes repeats as such; what it refuses for good is not worth one (VAPI.md 3, 4). */
const BACKOFF_PLAN = {
  type: 'exponential',
  maxRetries: 3,
  baseDelaySeconds: 1,
  excludedStatusCodes: [400, 401, 403, 404, 413, 422],
} as const;

/** The gateway answers within 2 s, or after the grace window of a sync tool. */
const TIMEOUT_S = 10;
const GRACE_MARGIN_S = 5;

/** The Vapi tool that a wanted one becomes. */
export function desiredTool(tool: WantedTool, { webhookUrl, credentialId }: SyncSettings): DesiredTool {
  const { parameters, isStrict } = strictParameters(tool.parameters, tool.staticArguments);
  const isAsync = tool.mode === 'async';
  return {
    async: isAsync,
    function: { name: tool.name, description: tool.description, parameters, strict: isStrict },
    server: {
      url: webhookUrl,
      timeoutSeconds: isAsync ? TIMEOUT_S : Math.max(TIMEOUT_S, Math.ceil(tool.graceMs / 1000) + GRACE_MARGIN_S),
      ...(credentialId !== undefined && { credentialId }),
      backoffPlan: BACKOFF_PLAN,
    },
    messages: [isAsync ? startOfAsync(tool) : startOfSync(tool)],
    parameters: Object.entries(tool.staticArguments ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ key, value })),
  };
}

/** The only message of an async tool that plays, at once; it also keeps the model from making a result up (VAPI.md 5). */
function startOfAsync({ sayOnStart }: WantedTool): DesiredMessage {
  return { type: 'request-complete', role: 'assistant', content: sayOnStart ?? DEFAULT_START_TEXT };
}

/** Without one Vapi says "Hold on a sec" or the like; an empty one is silent (VAPI.md 5). */
function startOfSync({ sayOnStart }: WantedTool): DesiredMessage {
  return { type: 'request-start', content: sayOnStart ?? '' };
}
