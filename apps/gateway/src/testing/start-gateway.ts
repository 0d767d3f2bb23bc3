import { Log, Metrics, SystemClock } from '@interject/observability';
import { loadConfigs, Readiness, ServiceConfig, ServiceHost } from '@interject/runtime';
import { gatewayOptions } from '../gateway.options.js';
import { GatewayConfig } from '../gateway.config.js';

/** A gateway in this process, on free ports. */
export interface RunningGateway {
  readonly apiKey: string;
  /** POSTs a webhook as JSON, with the right secret unless other headers are given. */
  post(body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
  /** POSTs a webhook without a secret to any path. */
  postTo(path: string, body: unknown): Promise<{ status: number; body: unknown }>;
  postRaw(body: string): Promise<{ status: number; body: unknown }>;
  get(path: string, apiKey: string): Promise<{ status: number; body: unknown }>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

const SECRET = 'webhook-secret';
const API_KEY = 'api-key-of-spec';

export async function startGateway(natsUrl: string): Promise<RunningGateway> {
  const env = {
    NATS_URL: natsUrl,
    GATEWAY_PORT: '0',
    VAPI_WEBHOOK_AUTH: 'secret',
    VAPI_WEBHOOK_SECRET: SECRET,
    INTERJECT_API_KEY: API_KEY,
  };
  const presets = new Map([[ServiceConfig, { service: 'gateway', version: '0.0.0', managementPort: 0 }]]);
  const configs = loadConfigs([ServiceConfig, GatewayConfig], env, { service: 'gateway', presets });
  const metrics = new Metrics();
  const parts = { configs, log: Log.silent(), clock: new SystemClock(), metrics, readiness: new Readiness() };
  const host = new ServiceHost(gatewayOptions, parts);
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
    post: (body, headers = { 'x-vapi-secret': SECRET }) => postText(JSON.stringify(body), headers),
    postTo: (path, body) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    postRaw: (body) => postText(body, { 'x-vapi-secret': SECRET }),
    get: (path, apiKey) => send(path, { headers: { authorization: `Bearer ${apiKey}` } }),
    metrics: () => metrics.registry.metrics(),
    stop: async () => {
      await host.stop();
    },
  };
}
