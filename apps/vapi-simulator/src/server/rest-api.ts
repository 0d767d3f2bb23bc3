import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account/account.js';
import { refusal, type ApiAnswer } from '../account/api-answer.js';
import type { ScriptedAnswer } from '../account/scripted-answers.js';

/** Word for word what the API says to a wrong key. */
const INVALID_KEY = 'Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.';

/** What a request is due besides its own answer. */
interface Fate {
  readonly noteStatus: (status: number) => void;
  /** Replaces the answer after the request took effect. */
  replacement?: ScriptedAnswer;
}

/**
 * What every request to Vapi's REST API goes through, before its route and after: it is logged, needs the private key,
 * may be too fast, and may be answered by a script.
 * @param privateKey without one any request passes
 */
export function guardRestApi(api: FastifyInstance, account: Account, privateKey: string | undefined): void {
  const fates = new WeakMap<FastifyRequest, Fate>();

  api.addHook('onRequest', async (request, reply) => {
    const { method, url, routeOptions } = request;
    const route = routeOptions.url ?? url;
    const fate: Fate = { noteStatus: account.requests.arrived({ method, route, path: url }) };
    fates.set(request, fate);
    if (privateKey !== undefined && request.headers.authorization !== `Bearer ${privateKey}`) {
      return answer(reply, refusal(401, INVALID_KEY));
    }
    const waitMs = account.pace.admit(account.quirks.minimumSpacingMs);
    if (waitMs > 0) {
      return answer(reply, refusal(429, 'Too Many Requests', { 'retry-after': String(Math.ceil(waitMs / 1_000)) }));
    }
    const scripted = account.scripted.take(method, route);
    if (scripted === undefined) return;
    if (scripted.applied) {
      fate.replacement = scripted;
      return;
    }
    await pause(scripted);
    if (scripted.status === undefined) return drop(request, reply);
    return answer(reply, scriptedAnswer(scripted, scripted.status));
  });

  api.addHook('onSend', async (request, reply, payload) => {
    const replacement = fates.get(request)?.replacement;
    if (replacement === undefined) return payload;
    await pause(replacement);
    if (replacement.status === undefined) {
      request.raw.socket.destroy();
      return payload;
    }
    const { status, body, headers } = scriptedAnswer(replacement, replacement.status);
    reply.code(status).headers({ 'content-type': 'application/json; charset=utf-8', ...headers });
    reply.removeHeader('content-length');
    return JSON.stringify(body);
  });

  api.addHook('onResponse', async (request, reply) => {
    if (reply.raw.writableFinished) fates.get(request)?.noteStatus(reply.statusCode);
  });
}

/** Sends an answer of the account. */
export function answer(reply: FastifyReply, { status, body, headers = {} }: ApiAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function scriptedAnswer({ body, headers }: ScriptedAnswer, status: number): ApiAnswer {
  const usual = refusal(status, 'Answered by a script');
  return { status, body: body ?? usual.body, headers };
}

async function pause({ delayMs }: ScriptedAnswer): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
}

function drop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}
