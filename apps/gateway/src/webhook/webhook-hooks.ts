import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '@interject/observability';
import type { WebhookLabel } from '@interject/vapi';
import type { GatewayConfig } from '../gateway.config.js';
import type { GatewayMetrics } from '../gateway-metrics.js';
import { isAuthentic } from './webhook-authentication.js';
import { WEBHOOK_PATH } from './webhook.constants.js';

const labels = new WeakMap<FastifyRequest, WebhookLabel>();

/** Tells the metrics what kind of webhook a request turned out to be. */
export function labelRequest(request: FastifyRequest, label: WebhookLabel): void {
  labels.set(request, label);
}

/** Refuses strangers before their body is read, and counts every answer, those of refused bodies too. */
export function installWebhookHooks(
  server: FastifyInstance,
  config: GatewayConfig,
  metrics: GatewayMetrics,
  log: Log,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!isWebhook(request) || isAuthentic(config, request.headers)) {
      done();
      return;
    }
    log.warn('webhook refused: wrong or missing secret');
    void reply.code(401).header('connection', 'close').send({
      statusCode: 401,
      error: 'Unauthorized',
      message: "Send the secret of VAPI_WEBHOOK_SECRET in the header 'x-vapi-secret'.",
    });
  });
  server.addHook('onResponse', (request, reply, done) => {
    if (isWebhook(request)) {
      const type = labels.get(request) ?? 'unread';
      metrics.webhooks.inc({ type, status: String(reply.statusCode) });
      metrics.webhookDuration.observe({ type }, reply.elapsedTime / 1000);
    }
    done();
  });
}

/**
 * By the route, never by the URL: the router decodes it, so `/v%61pi/webhook` is the webhook too. Routing comes before
 * the first hook.
 */
function isWebhook(request: FastifyRequest): boolean {
  return request.routeOptions.url === WEBHOOK_PATH;
}
