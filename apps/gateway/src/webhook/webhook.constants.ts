import type { FastifyRequest } from 'fastify';

/** Where Vapi sends its server messages. */
export const WEBHOOK_PATH = '/vapi/webhook';

/** Bodies with a long prompt are echoed three times (VAPI.md 1.7). */
export const WEBHOOK_BODY_LIMIT = 10 * 1024 * 1024;

/**
 * By the route, never by the URL: the router decodes it, so `/v%61pi/webhook` is the webhook too. Routing comes before
 * the first hook.
 */
export function isWebhook({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === WEBHOOK_PATH;
}
