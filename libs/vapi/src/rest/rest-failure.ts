import type { HttpExchange } from '../exchange/http-exchange.types.js';
import { objectOf } from '../json-reader.js';
import { VapiRestCodes, VapiRestError } from './vapi-rest.errors.js';
import type { VapiRestCode } from './vapi-rest.errors.js';

const MAX_DETAIL = 500;
/** Nobody is there, or the name is wrong: asked again for a minute, whoever waits learns nothing new. */
const NOBODY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND']);

/** An exchange that succeeded, and what a failed one means. */
export type RestVerdict =
  | { readonly ok: true; readonly body: unknown }
  /** `mayRetry`: the same request may be sent again, if it does not create anything. */
  | { readonly ok: false; readonly error: VapiRestError; readonly mayRetry: boolean; readonly retryAfterMs?: number };

/**
 * What an exchange means.
 *
 * @param request e.g. `PATCH /tool/{id}`
 * @param secrets never shown, whatever Vapi quotes
 */
export function restVerdictOf(exchange: HttpExchange, request: string, secrets: readonly string[]): RestVerdict {
  if (exchange.kind === 'failed') {
    const isTooLarge = exchange.code === 'TOO_LARGE';
    const code = isTooLarge ? VapiRestCodes.Unreadable : VapiRestCodes.Unreachable;
    const problem = isTooLarge
      ? 'answered far too much'
      : `could not be asked (${exchange.code}); look at VAPI_BASE_URL`;
    const options = { isAmbiguous: exchange.written };
    const mayRetry = !isTooLarge && !NOBODY.has(exchange.code);
    return { ok: false, error: new VapiRestError(code, `${request}: Vapi ${problem}`, options), mayRetry };
  }
  const { status, body, retryAfterMs } = exchange;
  if (status < 300) return readable(body, request);
  const code = codeOfStatus(status);
  const error = new VapiRestError(code, `${request}: ${sentenceOf(code, status)}${detailOf(body, secrets)}`, {
    status,
    isAmbiguous: code === VapiRestCodes.Failing,
  });
  return { ok: false, error, mayRetry: error.retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function readable(body: string, request: string): RestVerdict {
  if (body === '') return { ok: true, body: undefined };
  try {
    return { ok: true, body: JSON.parse(body) as unknown };
  } catch {
    const text = `${request}: what answers at VAPI_BASE_URL is not Vapi's API (no JSON)`;
    const error = new VapiRestError(VapiRestCodes.Unreadable, text, { isAmbiguous: true });
    return { ok: false, error, mayRetry: false };
  }
}

function codeOfStatus(status: number): VapiRestCode {
  if (status < 400) return VapiRestCodes.Redirect;
  if (status === 401 || status === 403) return VapiRestCodes.Auth;
  if (status === 404) return VapiRestCodes.NotFound;
  if (status === 409) return VapiRestCodes.Conflict;
  if (status === 429) return VapiRestCodes.Throttled;
  if (status === 408 || status >= 500) return VapiRestCodes.Failing;
  return VapiRestCodes.Refused;
}

function sentenceOf(code: VapiRestCode, status: number): string {
  const answer = `Vapi answered ${String(status)}`;
  switch (code) {
    case VapiRestCodes.Auth:
      return `${answer}: VAPI_API_KEY must be a private key of this organisation and of the region of VAPI_BASE_URL`;
    case VapiRestCodes.Redirect:
      return `${answer}, a redirect, which is not followed: set VAPI_BASE_URL to where the API is`;
    case VapiRestCodes.Throttled:
      return `${answer}, too many requests: try again later, or set a longer VAPI_REQUEST_SPACING_MS`;
    default:
      return answer;
  }
}

/** What Vapi says is wrong with a request, in one line. */
function detailOf(body: string, secrets: readonly string[]): string {
  let text = '';
  try {
    const message = objectOf(JSON.parse(body))?.['message'];
    if (typeof message === 'string') text = message;
    if (Array.isArray(message)) text = message.filter((one) => typeof one === 'string').join('; ');
  } catch {
    // A proxy's page says nothing about the request.
  }
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '***');
  return text === '' ? '' : `: ${text.replaceAll(/\s+/g, ' ').slice(0, MAX_DETAIL)}`;
}
