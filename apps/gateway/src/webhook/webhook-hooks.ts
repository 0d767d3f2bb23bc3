import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { WebhookLabel } from '@interject/vapi';
import type { GatewayMetrics } from '../gateway-metrics.js';
import { isWebhook } from './webhook.constants.js';

const labels = new WeakMap<FastifyRequest, WebhookLabel>();

/** Tells the metrics what kind of webhook a request turned out to be. */
export function labelRequest(request: FastifyRequest, label: WebhookLabel): void {
  labels.set(request, label);
}

/** Counts every answer to a webhook, those of refused ones too. */
export function installWebhookHooks(server: FastifyInstance, metrics: GatewayMetrics): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (isWebhook(request)) {
      const type = labels.get(request) ?? 'unread';
      metrics.webhooks.inc({ type, status: String(reply.statusCode) });
      metrics.webhookDuration.observe({ type }, reply.elapsedTime / 1000);
    }
    done();
  });
}
