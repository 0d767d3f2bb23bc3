import type { FastifyReply, FastifyRequest } from 'fastify';
import { Attributes } from '@interject/observability';
import type { SpanAttributes, SpanName, Tracer } from '@interject/observability';

/**
 * Begins the span of a request, dated back to its arrival; it ends when the answer is written or the sender has hung up.
 * Only for those that have proved who they are: strangers shall not fill the store of traces.
 *
 * @returns the header to send on
 */
export function beginSpan(
  tracer: Tracer,
  name: SpanName,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  attributes: SpanAttributes,
): string | undefined {
  const { raw } = reply;
  const span = tracer.start(name, {
    kind: 'server',
    parent: request.headers['traceparent'],
    startTime: Date.now() - reply.elapsedTime,
    attributes: {
      [Attributes.HttpMethod]: request.method,
      [Attributes.HttpRoute]: request.routeOptions.url ?? '',
      ...attributes,
    },
  });
  raw.once('close', () => {
    if (!raw.writableFinished) {
      span.end({ failure: 'hung-up' });
      return;
    }
    const { statusCode } = raw;
    // A refusal is no failure of the server (OpenTelemetry's conventions for HTTP).
    const failure = statusCode >= 500 ? String(statusCode) : undefined;
    span.end({ attributes: { [Attributes.HttpStatus]: statusCode }, failure });
  });
  return span.traceparent;
}
