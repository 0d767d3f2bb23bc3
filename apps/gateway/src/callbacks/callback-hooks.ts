import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkCallbackToken } from '@interject/contracts';
import type { CallbackSubject } from '@interject/contracts';
import type { Clock } from '@interject/runtime';
import type { TaskMetrics } from '../calls/task-metrics.js';
import type { GatewayConfig } from '../gateway.config.js';
import { callbackBodyKind } from './callback-body.js';
import { outcomeOfStatus } from './callback-outcomes.js';
import type { CallbackOutcome } from './callback-outcomes.js';
import { CALLBACK_FAILURE_PATH, CALLBACK_PATH, MAX_CALLBACKS_AT_A_TIME } from './callbacks.constants.js';

interface Refusal {
  readonly outcome: CallbackOutcome;
  readonly status: number;
  readonly error: string;
  readonly message: string;
}

type Admission = { readonly subject: CallbackSubject } | { readonly refusal: Refusal };

const REFUSALS = {
  notConfigured: {
    outcome: 'not-configured',
    status: 404,
    error: 'Not Found',
    message:
      'This gateway takes no callbacks: set CALLBACK_SECRET on it, 16 characters or more, the same ones as at the workers.',
  },
  forged: {
    outcome: 'forged',
    status: 404,
    error: 'Not Found',
    message: 'There is no such callback: use the URL as it was given, to its last character.',
  },
  expired: {
    outcome: 'expired',
    status: 410,
    error: 'Gone',
    message: 'Nobody waits for this callback any more: it came after the deadline of its job.',
  },
  unsupported: {
    outcome: 'unsupported-type',
    status: 415,
    error: 'Unsupported Media Type',
    message: 'Send JSON (content-type: application/json), plain text or no body; forms are not read.',
  },
  busy: {
    outcome: 'busy',
    status: 429,
    error: 'Too Many Requests',
    message: 'Too many callbacks at a time. Send it again: a repeat has no second effect.',
  },
} as const satisfies Record<string, Refusal>;

const subjects = new WeakMap<FastifyRequest, CallbackSubject>();
const outcomes = new WeakMap<FastifyRequest, CallbackOutcome>();

/** The tool call of a callback that was let in. */
export function callbackSubject(request: FastifyRequest): CallbackSubject {
  const subject = subjects.get(request);
  // The hooks belong to the route: without them nobody would have checked the token.
  if (subject === undefined) throw new Error('A callback came in without its token being checked.');
  return subject;
}

/** Tells the metrics what became of a callback. */
export function labelCallback(request: FastifyRequest, outcome: CallbackOutcome): void {
  outcomes.set(request, outcome);
}

/**
 * Lets in who has a token, before the body is read, sees to how that is read, and counts every answer. The token goes
 * nowhere else.
 */
export function installCallbackHooks(
  server: FastifyInstance,
  config: GatewayConfig,
  metrics: TaskMetrics,
  clock: Pick<Clock, 'now'>,
): void {
  const admitted = new Set<FastifyRequest>();
  server.addHook('onRequest', async (request, reply) => {
    if (!isCallback(request)) return;
    // Not `onResponse`, which a sender that hangs up in the middle of its body does not bring about.
    reply.raw.once('close', () => {
      admitted.delete(request);
      const outcome = reply.raw.writableFinished ? outcomeOfStatus(reply.statusCode) : 'aborted';
      metrics.callbacks.inc({ outcome: outcomes.get(request) ?? outcome });
    });
    const admission =
      admitted.size < MAX_CALLBACKS_AT_A_TIME ? admit(request, config, clock) : { refusal: REFUSALS.busy };
    if ('refusal' in admission) {
      await refuse(request, reply, admission.refusal);
      return;
    }
    subjects.set(request, admission.subject);
    admitted.add(request);
  });
}

function admit(request: FastifyRequest, { callbackSecret }: GatewayConfig, clock: Pick<Clock, 'now'>): Admission {
  if (callbackSecret === undefined) return { refusal: REFUSALS.notConfigured };
  const { token = '' } = request.params as { readonly token?: string };
  const check = checkCallbackToken(callbackSecret, token, clock.now());
  if (check.kind !== 'valid') return { refusal: REFUSALS[check.kind] };
  const { headers } = request;
  switch (callbackBodyKind(headers)) {
    case 'none':
      delete headers['content-type'];
      break;
    case 'json':
      headers['content-type'] = 'application/json';
      break;
    case 'text':
      break;
    case 'refused':
      return { refusal: REFUSALS.unsupported };
  }
  return { subject: check.subject };
}

async function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { outcome, status, error, message }: Refusal,
): Promise<void> {
  labelCallback(request, outcome);
  if (outcome === 'busy') void reply.header('retry-after', '1');
  await reply.code(status).header('connection', 'close').send({ statusCode: status, error, message });
}

/** By the route, never by the URL: the router decodes it. */
function isCallback({ routeOptions: { url } }: FastifyRequest): boolean {
  return url === CALLBACK_PATH || url === CALLBACK_FAILURE_PATH;
}
