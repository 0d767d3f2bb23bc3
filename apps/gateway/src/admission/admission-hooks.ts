import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AdmissionControl } from './admission-control.service.js';
import { retryAfterSeconds } from './overload.errors.js';
import type { Place } from './place.js';
import type { ShedReason } from './shed.types.js';

const places = new WeakMap<FastifyRequest, Place>();

/** The place of a request that was let in. */
export function placeOf(request: FastifyRequest): Place | undefined {
  return places.get(request);
}

/**
 * Refuses what is too much before it is read, and gives places back. To be installed behind the hooks that keep strangers
 * out: they hold no place.
 */
export function installAdmissionHooks(server: FastifyInstance, admission: AdmissionControl): void {
  server.addHook('onRequest', (request, reply, done) => {
    const admitted = admission.admit(announcedBytes(request));
    if (admitted.kind === 'refused') {
      refuse(reply, admitted.reason);
      return;
    }
    const { place } = admitted;
    places.set(request, place);
    // Not `onResponse`, which a sender that hangs up in the middle of its body does not bring about.
    reply.raw.once('close', () => {
      place.leave();
    });
    done();
  });
  // A body that does not say how long it is counts as it comes. No promise in between: a byte could be missed.
  server.addHook('preParsing', (request, reply, payload, done) => {
    const place = places.get(request);
    if (place !== undefined && request.headers['transfer-encoding'] !== undefined) {
      payload.on('data', (chunk: Buffer) => {
        place.hold(chunk.length);
        if (admission.isFullOfBodies) interrupt(request, reply, admission);
      });
    }
    done(null, payload);
  });
  // What comes on open connections while the server closes is refused by Fastify itself, which names no time.
  server.addHook('preClose', (done) => {
    server.server.prependListener('request', (_request, response) => {
      response.setHeader('retry-after', '1');
    });
    done();
  });
}

/** As many bytes as the request says that its body has; 0 if it does not say. One over the limit is refused by Fastify. */
function announcedBytes({ headers, routeOptions: { bodyLimit = 0 } }: FastifyRequest): number {
  const length = Number(headers['content-length'] ?? 0);
  return length > 0 && length <= bodyLimit ? length : 0;
}

/** The connection stays: a new one would cost both sides more. Node reads the body and throws it away. */
function refuse(reply: FastifyReply, reason: ShedReason): void {
  void reply
    .code(503)
    .header('retry-after', String(retryAfterSeconds(reason)))
    .send(REFUSAL);
}

/** While the body is being read: nobody else answers then. */
function interrupt(request: FastifyRequest, reply: FastifyReply, admission: AdmissionControl): void {
  if (reply.sent) return;
  admission.countRefused('body-bytes');
  placeOf(request)?.leave();
  reply.hijack();
  reply.raw.writeHead(503, {
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'retry-after': String(retryAfterSeconds('body-bytes')),
  });
  reply.raw.end(JSON.stringify(REFUSAL));
}

const REFUSAL = {
  statusCode: 503,
  error: 'Service Unavailable',
  code: 'overloaded',
  message: 'Too much at a time. Send it again later: a repeat has no second effect.',
} as const;
