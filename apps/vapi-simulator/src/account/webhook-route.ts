import { isJsonObject, type JsonValue } from '../scenario/json.types.js';
import type { BackoffPlan, WebhookRoute } from '../scenario/stored.types.js';
import { headersOf } from './headers.js';

const DEFAULT_TIMEOUT_SECONDS = 20;

export interface RouteOptions {
  /** Taken instead of the server's own URL. */
  readonly gatewayUrl: string | undefined;
  /** What Vapi does of its own accord when a server has no `backoffPlan`; undefined is nothing. */
  readonly planOfItsOwn: BackoffPlan | undefined;
}

/**
 * The route that a stored `server` makes: 20 s and no retry unless it says so (VAPI.md 4). Undefined without a URL: then
 * the next server in line is asked.
 */
export function routeOf(server: JsonValue | undefined, options: RouteOptions): WebhookRoute | undefined {
  if (!isJsonObject(server) || typeof server['url'] !== 'string' || server['url'] === '') return undefined;
  const { timeoutSeconds, secret } = server;
  return {
    url: options.gatewayUrl ?? server['url'],
    timeoutSeconds: typeof timeoutSeconds === 'number' ? timeoutSeconds : DEFAULT_TIMEOUT_SECONDS,
    backoffPlan: planOf(server['backoffPlan']) ?? options.planOfItsOwn,
    headers: {
      ...(typeof secret === 'string' ? { 'x-vapi-secret': secret } : {}),
      ...headersOf(server['headers']),
    },
  };
}

function planOf(plan: JsonValue | undefined): BackoffPlan | undefined {
  if (!isJsonObject(plan)) return undefined;
  const { type, maxRetries, baseDelaySeconds, excludedStatusCodes } = plan;
  return {
    type: type === 'exponential' ? 'exponential' : 'fixed',
    maxRetries: typeof maxRetries === 'number' ? maxRetries : 0,
    baseDelaySeconds: typeof baseDelaySeconds === 'number' ? baseDelaySeconds : 0,
    excludedStatusCodes: Array.isArray(excludedStatusCodes)
      ? excludedStatusCodes.filter((status) => typeof status === 'number')
      : [],
  };
}
