import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

const MAX_DELAY_MS = 600_000;

/**
 * `POST /backend/:delayMs`: a slow backend for the tools of a scenario. Answers after so many real ms with the body it
 * was given, and with `?status=503` if told so.
 */
export function registerBackendRoutes(app: FastifyInstance, stop: AbortSignal): void {
  app.post<{ Params: { delayMs: string }; Querystring: { status?: string } }>(
    '/backend/:delayMs',
    async (request, reply) => {
      const delayMs = Number(request.params.delayMs);
      const status = Number(request.query.status ?? 200);
      if (!Number.isInteger(delayMs) || delayMs < 0 || delayMs > MAX_DELAY_MS) {
        return reply.code(400).send({ message: `the path is /backend/<milliseconds from 0 to ${MAX_DELAY_MS}>` });
      }
      if (!Number.isInteger(status) || status < 200 || status > 599) {
        return reply.code(400).send({ message: 'status is an HTTP status from 200 to 599' });
      }
      await sleep(delayMs, undefined, { signal: stop }).catch(() => undefined);
      return reply.code(status).send(request.body ?? {});
    },
  );
}
