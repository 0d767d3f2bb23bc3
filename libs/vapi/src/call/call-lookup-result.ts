import { CallStatuses } from '@interject/contracts';
import type { CallStatus } from '@interject/contracts';
import type { Vapi } from '@vapi-ai/server-sdk';
import type { HttpExchange } from '../exchange/http-exchange.types.js';
import { objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';
import type { CallLookupProblem, CallLookupResult } from './call-lookup.types.js';

const MAX_ENDED_REASON_LENGTH = 200;
const statuses: ReadonlySet<unknown> = new Set(CallStatuses);

/** Reads a field by a name that the SDK's type of a call must know. */
function field(call: JsonObject, name: keyof Vapi.Call): unknown {
  return call[name];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function unavailable(problem: CallLookupProblem, retryable: boolean): CallLookupResult {
  return { kind: 'unavailable', retryable, problem };
}

function callOf(body: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function found(call: JsonObject | undefined): CallLookupResult {
  const status = call === undefined ? undefined : textOf(field(call, 'status'));
  // A proxy's page or an error dressed as 200 is no answer about the call.
  if (call === undefined || status === undefined) return unavailable('api-unreadable', true);
  const gone: Vapi.CallStatus = 'not-found';
  if (status === gone) return { kind: 'not-found' };
  const urlName: keyof Vapi.Monitor = 'controlUrl';
  const controlUrl = textOf(objectOf(field(call, 'monitor'))?.[urlName]);
  const endedReason = textOf(field(call, 'endedReason'))?.slice(0, MAX_ENDED_REASON_LENGTH);
  return {
    kind: 'found',
    status: statuses.has(status) ? (status as CallStatus) : 'unknown',
    ...(controlUrl === undefined ? {} : { controlUrl }),
    ...(endedReason === undefined ? {} : { endedReason }),
  };
}

/** What the answer to `GET /call/{id}` means. */
export function callLookupResultOf(exchange: HttpExchange): CallLookupResult {
  if (exchange.kind === 'failed') {
    return exchange.code === 'TOO_LARGE' ? unavailable('api-unreadable', false) : unavailable('api-unreachable', true);
  }
  const { status } = exchange;
  if (status < 300) return found(callOf(exchange.body));
  if (status < 400) return unavailable('api-redirect', false);
  if (status === 404) return { kind: 'not-found' };
  if (status === 401 || status === 403) return unavailable('api-auth', false);
  if (status === 429) return unavailable('api-throttled', true);
  return status >= 500 ? unavailable('api-failing', true) : unavailable('api-refused', false);
}
