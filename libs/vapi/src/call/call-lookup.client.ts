import { bearer, checkBaseUrl, checkTimeout, DEFAULT_TIMEOUT_MS } from '../client-settings.js';
import { HttpExchangeClient } from '../exchange/http-exchange.client.js';
import { isPathSafe } from './call-id.js';
import { callLookupResultOf } from './call-lookup-result.js';
import type { CallLookupResult, CallLookupSettings } from './call-lookup.types.js';

/** Vapi's API of the US region, the one its SDK defaults to. */
export const DEFAULT_VAPI_BASE_URL = 'https://api.vapi.ai';
/** A call is answered whole, with transcript and prompt copies (VAPI.md 1.7). */
const MAX_CALL_BYTES = 10 * 1024 * 1024;

/**
 * Asks Vapi's REST API about a call: is it over, and where is its control URL?
 *
 * The official SDK gives the types but does not send: loading it stops the event loop for 0.2 s and takes 80 MB, in a
 * process that must speak in time; it also follows redirects, has no time limit for the answer's body, and puts that
 * body, which is private, into its error texts.
 */
export class CallLookup {
  private readonly http: HttpExchangeClient;
  private readonly baseUrl: string;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly timeoutMs: number;

  /** @throws VapiSettingsError for a key, base URL or time limit that cannot work */
  constructor(settings: CallLookupSettings) {
    this.baseUrl = checkBaseUrl(settings.baseUrl ?? DEFAULT_VAPI_BASE_URL);
    this.headers = { accept: 'application/json', authorization: bearer('apiKey', settings.apiKey) };
    this.timeoutMs = checkTimeout(settings.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    this.http = new HttpExchangeClient();
  }

  /** One GET, no retries. Network trouble is a result, never an exception. */
  async get(callId: string, options: { readonly signal?: AbortSignal } = {}): Promise<CallLookupResult> {
    if (!isPathSafe(callId)) return { kind: 'unavailable', retryable: false, problem: 'unsafe-call-id' };
    const exchange = await this.http.send({
      method: 'GET',
      url: new URL(`${this.baseUrl}/call/${callId}`),
      headers: this.headers,
      timeoutMs: this.timeoutMs,
      maxBodyBytes: MAX_CALL_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return callLookupResultOf(exchange);
  }

  /** Lets requests under way end within their time limit, then closes. */
  close(): Promise<void> {
    return this.http.close();
  }
}
