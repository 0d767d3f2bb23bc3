import { Log, Metrics, SystemClock } from '@interject/observability';
import type { Clock } from '@interject/observability';
import { loadConfigs, Readiness, ServiceConfig, ServiceHost } from '@interject/runtime';
import type { ServiceOptions } from '@interject/runtime';
import { gatewayOptions } from '../gateway.options.js';
import { GatewayConfig } from '../gateway.config.js';
import { WebhookAuthConfig } from '../webhook/webhook-auth.config.js';

/** An answer with its headers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** What a spec may do to a gateway from within. */
export interface GatewaySpecOptions {
  /** Called when an answer is ready and before its first byte is written; holds it until it resolves. */
  readonly beforeFlush?: () => Promise<void>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: no callbacks are taken. */
  readonly callbackSecret?: string;
  /** Default: a silent one. */
  readonly log?: Log;
  /** Variables of webhook authentication; default: a secret, which {@link RunningGateway.post} sends. */
  readonly webhookAuth?: Readonly<Record<string, string>>;
}

/** A gateway in this process, on free ports. */
export interface RunningGateway {
  readonly apiKey: string;
  readonly origin: string;
  /** POSTs a webhook as JSON, with the right secret unless other headers are given. */
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  /** POSTs a webhook without a secret to any path. */
  postTo(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  postRaw(body: string): Promise<{ status: number; body: unknown }>;
  get(path: string, apiKey: string): Promise<{ status: number; body: unknown }>;
  /** POSTs a webhook from a sender that may hang up. */
  postAndHangUp(body: unknown): { readonly status: Promise<number | 'hung up'>; hangUp(): void };
  /** POSTs to the API for backend services. */
  send(path: string, body: unknown, apiKey?: string): Promise<Answer>;
  /** POSTs anything, as a stranger would. */
  request(path: string, init: RequestInit): Promise<Answer>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const SECRET = 'webhook-secret';
const API_KEY = 'api-key-of-spec';

/** The gateway as in production, but for the hook. */
function optionsFor({ beforeFlush }: GatewaySpecOptions): ServiceOptions {
  const { http } = gatewayOptions;
  if (beforeFlush === undefined || http === undefined) return gatewayOptions;
  return {
    ...gatewayOptions,
    http: {
      ...http,
      configure: async (app) => {
        await http.configure?.(app);
        const hook = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => {
          await beforeFlush();
          return payload;
        };
        app.getHttpAdapter().getInstance().addHook('onSend', hook);
      },
    },
  };
}

/** Starts a gateway on a NATS server that runs, with the keys of {@link RunningGateway}. */
export async function startGateway(natsUrl: string, options: GatewaySpecOptions = {}): Promise<RunningGateway> {
  const env = {
    NATS_URL: natsUrl,
    GATEWAY_PORT: '0',
    ...(options.webhookAuth ?? { VAPI_WEBHOOK_AUTH: 'secret', VAPI_WEBHOOK_SECRET: SECRET }),
    INTERJECT_API_KEY: API_KEY,
    ...(options.callbackSecret === undefined ? {} : { CALLBACK_SECRET: options.callbackSecret }),
  };
  const presets = new Map([[ServiceConfig, { service: 'gateway', version: '0.0.0', managementPort: 0 }]]);
  const configs = loadConfigs([ServiceConfig, GatewayConfig, WebhookAuthConfig], env, { service: 'gateway', presets });
  const metrics = new Metrics();
  const parts = {
    configs,
    log: options.log ?? Log.silent(),
    clock: options.clock ?? new SystemClock(),
    metrics,
    readiness: new Readiness(),
  };
  const host = new ServiceHost(optionsFor(options), parts);
  const { httpPort } = await host.start();
  const origin = `http://127.0.0.1:${String(httpPort)}`;

  async function send(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${origin}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
  const postText = (body: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> =>
    send('/vapi/webhook', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  return {
    apiKey: API_KEY,
    origin,
    post: (body, headers = { 'x-vapi-secret': SECRET }) => postText(JSON.stringify(body), headers),
    postTo: (path, body) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    postRaw: (body) => postText(body, { 'x-vapi-secret': SECRET }),
    get: (path, apiKey) => send(path, { headers: { authorization: `Bearer ${apiKey}` } }),
    postAndHangUp: (body) => {
      const abort = new AbortController();
      const headers = { 'content-type': 'application/json', 'x-vapi-secret': SECRET };
      const init = { method: 'POST', body: JSON.stringify(body), headers, signal: abort.signal };
      const status = fetch(`${origin}/vapi/webhook`, init).then(
        (response) => response.status,
        () => 'hung up' as const,
      );
      return {
        status,
        hangUp: () => {
          abort.abort();
        },
      };
    },
    send: async (path, body, apiKey = API_KEY) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(`${origin}${path}`, { method: 'POST', body: text, headers });
      return { status: response.status, body: await response.json(), headers: response.headers };
    },
    request: async (path, init) => {
      const response = await fetch(`${origin}${path}`, { method: 'POST', ...init });
      return { status: response.status, body: await response.json(), headers: response.headers };
    },
    metrics: () => metrics.registry.metrics(),
    stop: async () => {
      await host.stop();
    },
  };
}
