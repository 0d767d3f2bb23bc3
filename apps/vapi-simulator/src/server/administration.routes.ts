import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Account, Kind } from '../account/account.js';
import { degradations, isStrict } from '../account/degradations.js';
import { changeQuirks } from '../account/quirks.js';
import type { Resource } from '../account/resource-store.js';
import { readScript } from '../account/scripted-answers.js';
import { applySeed, readSeed } from '../account/seed.js';
import type { JsonObject } from '../scenario/json.types.js';

/**
 * `/simulator/...`: what a test looks at and changes from outside. None of it exists at Vapi; no key is needed, and it is
 * neither logged nor slowed down.
 */
export function registerAdministrationRoutes(app: FastifyInstance, account: Account): void {
  app.get('/simulator/account', async () => overview(account));
  app.post('/simulator/account', async (request, reply) => {
    const reading = readSeed(request.body);
    if (!reading.ok) return refuse(reply, reading.problems);
    return reply.code(201).send({ ids: applySeed(account, reading.seed) });
  });
  app.delete('/simulator/account', async (_request, reply) => {
    account.wipe();
    return reply.code(204).send();
  });
  app.get('/simulator/quirks', async () => account.quirks);
  app.patch('/simulator/quirks', async (request, reply) => {
    const reading = changeQuirks(account.quirks, request.body);
    if (!reading.ok) return refuse(reply, reading.problems);
    account.quirks = reading.quirks;
    return reply.send(account.quirks);
  });
  app.get('/simulator/requests', async () => account.requests.summary());
  app.delete('/simulator/requests', async (_request, reply) => {
    account.requests.clear();
    return reply.code(204).send();
  });
  app.get('/simulator/answers', async () => ({ left: account.scripted.left }));
  app.post('/simulator/answers', async (request, reply) => {
    const reading = readScript(request.body);
    if (!reading.ok) return refuse(reply, reading.problems);
    account.scripted.add(reading.answers);
    return reply.code(201).send({ left: account.scripted.left });
  });
  app.delete('/simulator/answers', async (_request, reply) => {
    account.scripted.clear();
    return reply.code(204).send();
  });
}

function overview(account: Account): object {
  const all = (kind: Kind): readonly Resource[] => account.all(kind);
  return {
    orgId: account.orgId,
    quirks: account.quirks,
    tools: all('tool').map((tool) => inspected(account, tool)),
    assistants: all('assistant').map((assistant) => account.shown(assistant)),
  };
}

/** A tool as the API shows it, and what the API does not tell of it. */
function inspected(account: Account, tool: Resource): object {
  const { fields, published, sent }: { readonly [K in 'fields' | 'published' | 'sent']: JsonObject } = tool;
  return {
    tool: account.shown(tool),
    published,
    strict: isStrict(fields),
    degradations: degradations(fields, sent),
  };
}

function refuse(reply: FastifyReply, problems: readonly string[]): FastifyReply {
  return reply.code(400).send({ type: 'error', code: 'faulty', problems });
}
