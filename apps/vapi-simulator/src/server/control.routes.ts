import type { FastifyInstance } from 'fastify';
import type { ControlHandler } from '../control/control.handler.js';

/** `POST /:callId/control`. */
export function registerControlRoutes(app: FastifyInstance, handler: ControlHandler): void {
  app.post<{ Params: { callId: string } }>('/:callId/control', async (request, reply) => {
    const { authorization } = request.headers;
    const answer = await handler.handle({ callId: request.params.callId, body: request.body, authorization });
    if (answer.kind === 'hang-up') {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    return reply.code(answer.status).send(answer.body);
  });
}
