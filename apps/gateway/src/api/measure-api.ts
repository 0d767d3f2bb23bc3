import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from '../gateway-metrics.js';
import { WEBHOOK_PATH } from '../webhook/webhook.constants.js';

/** A path that no route has. */
const NO_ROUTE = 'none';

/** Measures every answer but those to webhooks, which have metrics of their own. The route is the label, never the URL. */
export function measureApi(server: FastifyInstance, metrics: Pick<GatewayMetrics, 'apiRequests'>): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { url: route = NO_ROUTE } = request.routeOptions;
    if (route !== WEBHOOK_PATH) {
      // Anybody may invent a method for a path that is not there.
      const method = route === NO_ROUTE ? NO_ROUTE : request.method;
      metrics.apiRequests.observe({ method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    }
    done();
  });
}
