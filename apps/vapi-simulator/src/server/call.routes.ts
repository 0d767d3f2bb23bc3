import type { FastifyInstance } from 'fastify';
import { refusal } from '../account/api-answer.js';
import type { CallRegistry } from '../call/call-registry.js';

/** `GET /call/:id` of Vapi's REST API: here, unlike in webhooks, the status is the true one. */
export function registerCallRoutes(api: FastifyInstance, calls: CallRegistry): void {
  api.get<{ Params: { id: string } }>('/call/:id', async (request, reply) => {
    const call = calls.find(request.params.id);
    if (call === undefined) return reply.code(404).send(refusal(404, 'Call not found').body);
    const { facts, status, endedReason } = call;
    const { listenUrl, controlUrl } = facts;
    return reply.send({
      id: facts.id,
      orgId: facts.orgId,
      assistantId: facts.assistantId,
      createdAt: facts.createdAt,
      status,
      ...(endedReason === undefined ? {} : { endedReason }),
      monitor: facts.isControlEnabled ? { listenUrl, controlUrl } : { listenUrl },
    });
  });
}
