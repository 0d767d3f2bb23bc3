import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Log } from '../log.js';
import { formatTraceparent, newTrace, parseTraceparent } from '../traceparent.js';
import { openTracer } from './open-tracer.js';
import type { TracingOptions } from './open-tracer.js';
import { Attributes, SpanNames } from './span-names.js';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { traceId: string; spanId: string }[];
  readonly status: { readonly code?: number };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly unknown[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

const servers: Server[] = [];

/** A collector that never answers if it is told not to. */
async function collector({ answers = true } = {}) {
  const bodies: Sent[] = [];
  const headers: unknown[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(request.headers['x-tenant']);
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Sent);
      if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/traces`;
  return {
    url,
    bodies,
    headers,
    spans: () => bodies.flatMap((body) => body.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans))),
  };
}

const optionsFor = (url: string, over: Partial<TracingOptions> = {}): TracingOptions => ({
  url,
  headers: { 'x-tenant': 'a' },
  sampler: 'parentbased_always_on',
  ratio: 1,
  resource: { 'service.name': 'spec' },
  ...over,
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('tracing that is on', () => {
  it('sends spans with parents, links, times and attributes, and what is left when it is closed', async () => {
    const { url, spans, bodies, headers } = await collector();
    const tracer = await openTracer(optionsFor(url), Log.silent());
    expect(tracer.isOn).toBe(true);
    const incoming = newTrace();
    const other = newTrace();
    const startTime = Date.now() - 5000;
    const parent = tracer.start(SpanNames.Webhook, { kind: 'server', parent: formatTraceparent(incoming), startTime });
    const child = tracer.start(SpanNames.Job, {
      parent: parent.traceparent,
      startTime: startTime + 10,
      links: [formatTraceparent(other), 'nonsense', undefined],
      attributes: { [Attributes.Tool]: 'build_report' },
    });
    child.end({ endTime: startTime + 1010, attributes: { [Attributes.Attempts]: 2 }, failure: 'handler-failed' });
    parent.end({ endTime: startTime + 20 });
    await tracer.close();
    const [job, webhook] = [...spans()].sort((a, b) => a.name.localeCompare(b.name));
    expect(webhook).toMatchObject({ name: 'webhook', traceId: incoming.traceId, parentSpanId: incoming.spanId });
    expect(job).toMatchObject({
      traceId: incoming.traceId,
      parentSpanId: webhook?.spanId,
      startTimeUnixNano: `${String(startTime + 10)}000000`,
      endTimeUnixNano: `${String(startTime + 1010)}000000`,
      links: [{ traceId: other.traceId, spanId: other.spanId }],
      status: { code: 2 },
    });
    expect(job?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'interject.tool.name', value: { stringValue: 'build_report' } },
        { key: 'interject.job.attempts', value: { intValue: 2 } },
        { key: 'error.type', value: { stringValue: 'handler-failed' } },
      ]),
    );
    expect(bodies[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
      key: 'service.name',
      value: { stringValue: 'spec' },
    });
    expect(headers).toEqual(['a']);
  });

  it('leaves out what its parent leaves out, and says so in the header', async () => {
    const { url, spans } = await collector();
    const tracer = await openTracer(optionsFor(url), Log.silent());
    const incoming = { ...newTrace(), sampled: false };
    const span = tracer.start(SpanNames.Webhook, { parent: formatTraceparent(incoming) });
    expect(parseTraceparent(span.traceparent)).toMatchObject({ traceId: incoming.traceId, sampled: false });
    span.end();
    await tracer.close();
    expect(spans()).toEqual([]);
  });

  it.each([
    ['always_off', 1, false],
    ['traceidratio', 0, false],
    ['parentbased_traceidratio', 1, true],
    ['parentbased_always_off', 1, false],
  ] as const)('samples new traces by %s', async (sampler, ratio, sampled) => {
    const { url } = await collector();
    const tracer = await openTracer(optionsFor(url, { sampler, ratio }), Log.silent());
    expect(parseTraceparent(tracer.start(SpanNames.Webhook).traceparent)).toMatchObject({ sampled });
    await tracer.close();
  });

  it('begins a trace below what is no context', async () => {
    const { url } = await collector();
    const tracer = await openTracer(optionsFor(url), Log.silent());
    const span = tracer.start(SpanNames.Hold, { parent: ['00-x'] });
    expect(parseTraceparent(span.traceparent)).toBeDefined();
    span.end();
    await tracer.close();
  });

  it('holds no stop up for more than two seconds, when its collector does not answer', async () => {
    const { url } = await collector({ answers: false });
    // What was given up is tried again until then, and would keep this process alive.
    const tracer = await openTracer(optionsFor(url, { timeoutMs: 2500 }), Log.silent());
    tracer.start(SpanNames.Hold).end();
    const startedAt = performance.now();
    await tracer.close();
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
