import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkCallbackToken, toolCallKey } from '@interject/contracts';
import type { CallbackSubject } from '@interject/contracts';
import type { Clock } from '@interject/runtime';
import type { TaskMetrics } from '../calls/task-metrics.js';
import type { GatewayConfig } from '../gateway.config.js';
import { callbackBodyKind } from './callback-body.js';
import { goneBody, outcomeOfStatus } from './callback-outcomes.js';
import type { CallbackOutcome } from './callback-outcomes.js';
import { CallbackPlaces } from './callback-places.js';
import { CALLBACK_BODY_MS, CALLBACK_FAILURE_PATH, CALLBACK_PATH, CLOCK_SKEW_MS } from './callbacks.constants.js';
import type { Callbacks, SettledCallback } from './callbacks.service.js';

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
  tooSlow: {
    outcome: 'too-slow',
    status: 408,
    error: 'Request Timeout',
    message: 'The body did not come within 10 s. Send it again, all at once.',
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

/** What the hooks work with. */
export interface CallbackHookParts {
  readonly config: GatewayConfig;
  readonly metrics: TaskMetrics;
  readonly callbacks: Pick<Callbacks, 'remembered' | 'lookUp'>;
  readonly clock: Clock;
}

/**
 * Lets in who has a token, before the body is read, sees to how that is read, and counts every answer. The token goes
 * nowhere else. What is settled is answered whatever the body may be, and holds no place.
 */
export function installCallbackHooks(server: FastifyInstance, parts: CallbackHookParts): void {
  const { config, metrics, callbacks, clock } = parts;
  const places = new CallbackPlaces<FastifyRequest>();
  const letIn = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // Not `onResponse`, which a sender that hangs up in the middle of its body does not bring about.
    reply.raw.once('close', () => {
      const outcome = reply.raw.writableFinished ? outcomeOfStatus(reply.statusCode) : 'aborted';
      metrics.callbacks.inc({ outcome: outcomes.get(request) ?? outcome });
    });
    const admission = admit(request, config, clock);
    if ('refusal' in admission) return refuse(request, reply, admission.refusal);
    const { subject } = admission;
    const remembered = callbacks.remembered(subject);
    if (remembered !== undefined) return answerSettled(request, reply, remembered);
    const key = toolCallKey(subject.callId, subject.toolCallId);
    if (!places.take(key, request)) return refuse(request, reply, REFUSALS.busy);
    const timer = clock.setTimeout(() => {
      if (!request.raw.complete) interrupt(request, reply, REFUSALS.tooSlow);
    }, CALLBACK_BODY_MS);
    reply.raw.once('close', () => {
      clock.clearTimeout(timer);
      places.free(key, request);
    });
    const settled = await callbacks.lookUp(subject);
    if (settled !== undefined) return answerSettled(request, reply, settled);
    subjects.set(request, subject);
  };
  server.addHook('onRequest', (request, reply, done) => {
    if (!isCallback(request)) {
      done();
      return;
    }
    letIn(request, reply).then(() => {
      if (!reply.sent) done();
    }, done);
  });
}

function admit(request: FastifyRequest, { callbackSecret }: GatewayConfig, clock: Pick<Clock, 'now'>): Admission {
  if (callbackSecret === undefined) return { refusal: REFUSALS.notConfigured };
  const { token = '' } = request.params as { readonly token?: string };
  // Its deadline is by the worker's clock. What is settled is known by its result, whatever the time.
  const check = checkCallbackToken(callbackSecret, token, clock.now() - CLOCK_SKEW_MS);
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

async function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): Promise<void> {
  const { outcome, status } = refusal;
  labelCallback(request, outcome);
  if (outcome === 'busy') void reply.header('retry-after', '1');
  await reply.code(status).header('connection', 'close').send(bodyOf(refusal));
}

/** The connection stays: an honest sender may be writing its body still, and would not read the answer otherwise. */
async function answerSettled(request: FastifyRequest, reply: FastifyReply, settled: SettledCallback): Promise<void> {
  labelCallback(request, settled.outcome);
  if (settled.outcome === 'known') await reply.code(200).send({ status: 'known' });
  else await reply.code(410).send(goneBody(settled.state));
}

/** While the body is being read: nobody else answers then. */
function interrupt(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
  if (reply.sent) return;
  labelCallback(request, refusal.outcome);
  reply.hijack();
  reply.raw.writeHead(refusal.status, { connection: 'close', 'content-type': 'application/json; charset=utf-8' });
  reply.raw.end(JSON.stringify(bodyOf(refusal)));
}

function bodyOf({ status, error, message }: Refusal): Readonly<Record<string, unknown>> {
  return { statusCode: status, error, message };
}

/** By the route, never by the URL: the router decodes it. */
function isCallback({ routeOptions: { url } }: FastifyRequest): boolean {
  return url === CALLBACK_PATH || url === CALLBACK_FAILURE_PATH;
}
