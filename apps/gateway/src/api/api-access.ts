import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';
import { ANNOUNCEMENTS_PATH } from '../announcements/announcements.constants.js';
import { CANCEL_PATH } from '../calls/calls.constants.js';
import { secretsEqual } from '../webhook/shared-secret.js';

/** Why a request to the API for backend services is refused. */
export interface AccessProblem {
  readonly status: 401 | 403;
  readonly error: string;
  readonly message: string;
}

const BEARER = /^Bearer +(\S+)$/i;
/** Those that have a body. */
const API_PATHS: ReadonlySet<string | undefined> = new Set([ANNOUNCEMENTS_PATH, CANCEL_PATH]);

/** @returns undefined when the request may come in */
export function accessProblem(
  { apiKey }: Pick<GatewayConfig, 'apiKey'>,
  authorization: string | undefined,
): AccessProblem | undefined {
  if (apiKey === undefined) {
    const message = 'This API is closed: set INTERJECT_API_KEY on the gateway to open it.';
    return { status: 403, error: 'Forbidden', message };
  }
  const given = BEARER.exec(authorization ?? '')?.[1];
  if (given !== undefined && secretsEqual(given, apiKey)) return undefined;
  return { status: 401, error: 'Unauthorized', message: "Send 'Authorization: Bearer <INTERJECT_API_KEY>'." };
}

/** Refuses strangers, and what goes nowhere, before a body is read: the guard, which comes behind it, holds all the same. */
export function installApiHooks(server: FastifyInstance, config: GatewayConfig): void {
  server.addHook('onRequest', (request, reply, done) => {
    const problem = problemOf(request, config);
    if (problem === undefined) {
      done();
      return;
    }
    const { status, error, message } = problem;
    void reply.code(status).header('connection', 'close').send({ message, error, statusCode: status });
  });
}

function problemOf(request: FastifyRequest, config: GatewayConfig): AccessProblem | undefined {
  return API_PATHS.has(request.routeOptions.url) ? accessProblem(config, request.headers.authorization) : undefined;
}
