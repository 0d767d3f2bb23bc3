import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from '@interject/observability';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { GatewayMetrics } from '../gateway-metrics.js';
import { WEBHOOK_PATH } from '../webhook/webhook.constants.js';
import { measureApi } from './measure-api.js';

describe('measureApi', () => {
  let server: FastifyInstance;
  let metrics: Metrics;

  beforeEach(() => {
    metrics = new Metrics();
    server = Fastify();
    measureApi(server, new GatewayMetrics(metrics));
    server.get('/calls/:callId', (_request, reply) => reply.code(503).send({}));
    server.post(WEBHOOK_PATH, (_request, reply) => reply.send({}));
  });
  afterEach(() => server.close());

  it('labels by route, never by what a caller of the API wrote', async () => {
    const origin = await server.listen({ host: '127.0.0.1', port: 0 });
    const send = async (path: string, method = 'GET'): Promise<unknown> =>
      (await fetch(`${origin}${path}`, { method })).text();
    await send('/calls/call-1');
    await send('/calls/call-2');
    await send('/made/up', 'DELETE');
    await send(WEBHOOK_PATH, 'POST');
    const text = await metrics.registry.metrics();
    const counts = text.split('\n').filter((line) => line.startsWith('interject_api_request_duration_seconds_count'));
    expect(counts).toEqual([
      'interject_api_request_duration_seconds_count{method="GET",route="/calls/:callId",status="503"} 2',
      'interject_api_request_duration_seconds_count{method="none",route="none",status="404"} 1',
    ]);
  });
});
