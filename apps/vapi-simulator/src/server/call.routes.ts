import type { FastifyInstance } from 'fastify';
import type { CallRegistry } from '../call/call-registry.js';

/** `GET /call/:id` of Vapi's REST API: here, unlike in webhooks, the status is the true one. */
export function registerCallRoutes(app: FastifyInstance, calls: CallRegistry, privateKey: string | undefined): void {
  app.get<{ Params: { id: string } }>('/call/:id', async (request, reply) => {
    if (privateKey !== undefined && request.headers.authorization !== `Bearer ${privateKey}`) {
      return reply
        .code(401)
        .send({ statusCode: 401, message: 'Invalid Key. Hot tip, you may be using the public key.' });
    }
    const call = calls.find(request.params.id);
    if (call === undefined) return reply.code(404).send({ statusCode: 404, message: 'Call not found' });
    const { facts, status, endedReason } = call;
    return reply.send({
      id: facts.id,
      orgId: facts.orgId,
      assistantId: facts.assistantId,
      createdAt: facts.createdAt,
      status,
      ...(endedReason === undefined ? {} : { endedReason }),
      monitor: { listenUrl: facts.listenUrl, controlUrl: facts.controlUrl },
    });
  });
}
