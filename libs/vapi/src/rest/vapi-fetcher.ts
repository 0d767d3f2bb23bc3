import { delay } from '@interject/observability';
import type { Clock } from '@interject/observability';
import type { VapiClient } from '@vapi-ai/server-sdk';
import { HttpExchangeClient } from '../exchange/http-exchange.client.js';
import type { HttpRequest } from '../exchange/http-exchange.types.js';
import { restVerdictOf } from './rest-failure.js';
import type { VapiRestError } from './vapi-rest.errors.js';

type FetchFunction = NonNullable<VapiClient.Options['fetcher']>;
type FetchArgs = Parameters<FetchFunction>[0];

export interface VapiFetcherSettings {
  /** Vapi publishes no limits; its own tool leaves 700 ms between requests (VAPI.md 5). */
  readonly spacingMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Never shown in an error's text. */
  readonly secrets: readonly string[];
  /** Called before it waits to ask again: minutes without a word look like a command that hangs. */
  readonly onRetry?: (error: VapiRestError, waitMs: number) => void;
}

/** As Vapi's own tool: five more tries, from 2 s doubling (VAPI.md 5). */
const MAX_RETRIES = 5;
const FIRST_BACKOFF_MS = 2_000;
/** Whoever asks for more patience is told so, instead of a command that seems to hang. */
const LONGEST_WAIT_MS = 60_000;
/** A thousand tools, each with schema and messages. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Sends what the SDK asks for: one request at a time, spaced out, and again what may be sent again. Never `POST`, which
 * would create twice. The SDK's own sender follows redirects with the key, keeps no time limit for bodies, and leaves
 * timers behind that keep a process alive.
 */
export class VapiFetcher {
  private readonly http: HttpExchangeClient;
  private turn: Promise<unknown> = Promise.resolve();
  private nextAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: VapiFetcherSettings) {
    this.http = new HttpExchangeClient();
  }

  /** For the SDK's option `fetcher`. @throws VapiRestError */
  readonly fetch: FetchFunction = async <R>(args: FetchArgs) => {
    const body = (await this.queued(() => this.sendUntilSettled(args))) as R;
    return { ok: true, body, rawResponse: { headers: new Headers(), status: 200 } as never };
  };

  close(): Promise<void> {
    return this.http.close();
  }

  private queued(run: () => Promise<unknown>): Promise<unknown> {
    const result = this.turn.then(run);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async sendUntilSettled(args: FetchArgs): Promise<unknown> {
    const request = this.requestOf(args);
    const label = `${request.method} ${request.url.pathname}`;
    for (let retries = 0; ; retries += 1) {
      await this.wait(this.nextAt - this.settings.clock.monotonic());
      const verdict = restVerdictOf(await this.http.send(request), label, this.settings.secrets);
      // From the end: the way to Vapi is not equally long each time.
      this.nextAt = this.settings.clock.monotonic() + this.settings.spacingMs;
      if (verdict.ok) return verdict.body;
      const waitMs = verdict.retryAfterMs ?? FIRST_BACKOFF_MS * 2 ** retries;
      const mayRetry = verdict.mayRetry && request.method !== 'POST' && waitMs <= LONGEST_WAIT_MS;
      if (!mayRetry || retries >= MAX_RETRIES) throw verdict.error;
      this.settings.onRetry?.(verdict.error, waitMs);
      await this.wait(waitMs);
    }
  }

  private async wait(ms: number): Promise<void> {
    if (ms > 0) await delay(this.settings.clock, ms, new AbortController().signal);
  }

  private requestOf(args: FetchArgs): HttpRequest {
    const url = new URL(args.url);
    for (const [name, value] of Object.entries(args.queryParameters ?? {})) {
      if (typeof value === 'string' || typeof value === 'number') url.searchParams.set(name, String(value));
    }
    const headers: Record<string, string> = { accept: 'application/json' };
    for (const [name, value] of Object.entries(args.headers ?? {})) {
      if (typeof value === 'string') headers[name.toLowerCase()] = value;
    }
    const request = { url, headers, timeoutMs: this.settings.timeoutMs, maxBodyBytes: MAX_ANSWER_BYTES };
    const method = args.method as HttpRequest['method'];
    if (args.body === undefined) return { ...request, method };
    headers['content-type'] = 'application/json';
    return { ...request, method, body: JSON.stringify(args.body) };
  }
}
