import type { FastifyInstance } from 'fastify';
import type { Account, Kind } from '../account/account.js';
import { answer } from './rest-api.js';

type ById = { readonly Params: { readonly id: string } };
type ByQuery = { readonly Querystring: Readonly<Record<string, unknown>> };

/** `/tool` and `/assistant` of Vapi's REST API (VAPI.md 5). */
export function registerAccountRoutes(api: FastifyInstance, account: Account): void {
  for (const kind of ['tool', 'assistant'] as const) registerKind(api, account, kind);
  api.delete<ById>('/tool/:id', async (request, reply) => answer(reply, account.deleteTool(request.params.id)));
}

function registerKind(api: FastifyInstance, account: Account, kind: Kind): void {
  api.post(`/${kind}`, async (request, reply) => answer(reply, account.create(kind, request.body)));
  api.get<ByQuery>(`/${kind}`, async (request, reply) => answer(reply, account.list(kind, request.query)));
  api.get<ById>(`/${kind}/:id`, async (request, reply) => answer(reply, account.get(kind, request.params.id)));
  api.patch<ById>(`/${kind}/:id`, async (request, reply) => {
    return answer(reply, account.patch(kind, request.params.id, request.body));
  });
}
