import { ROOT_CONTEXT, SpanKind as Kinds, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import type { Context, Span as SdkSpan, SpanContext, Tracer as SdkTracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import type { Sampler } from '@opentelemetry/sdk-trace-base';
import { delay } from '../delay.js';
import type { Log } from '../log.js';
import { SystemClock } from '../system-clock.js';
import { formatTraceparent, parseTraceparent } from '../traceparent.js';
import type { TracingOptions } from './open-tracer.js';
import { Attributes } from './span-names.js';
import type { SpanName } from './span-names.js';
import { ToldExporter } from './told-exporter.js';
import { Tracer } from './tracer.js';
import type { Span, SpanEnd, SpanKind, SpanOptions } from './tracer.js';

/** A stop waits no longer for a collector. */
const CLOSE_LIMIT_MS = 2000;

const KINDS: Readonly<Record<SpanKind, Kinds>> = {
  internal: Kinds.INTERNAL,
  server: Kinds.SERVER,
  client: Kinds.CLIENT,
  consumer: Kinds.CONSUMER,
};

/** Nothing is registered for the process: contexts travel as headers, and libraries make no spans of their own. */
export function openTelemetry(options: TracingOptions, log: Log): Tracer {
  const { url, headers, resource, timeoutMs } = options;
  const limit = timeoutMs === undefined ? {} : { timeoutMillis: timeoutMs };
  const exporter = new ToldExporter(new OTLPTraceExporter({ url, headers: { ...headers }, ...limit }), log);
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resource)),
    sampler: samplerOf(options),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  return new OpenTelemetryTracer(provider, log);
}

class OpenTelemetryTracer extends Tracer {
  override readonly isOn = true;
  private readonly sdk: SdkTracer;

  constructor(
    private readonly provider: BasicTracerProvider,
    private readonly log: Log,
  ) {
    super();
    this.sdk = provider.getTracer('interject');
  }

  override start(name: SpanName, options: SpanOptions = {}): Span {
    const { kind = 'internal', parent, links = [], startTime = Date.now(), attributes = {} } = options;
    const linked = links.flatMap((link) => contextOf(link) ?? []).map((context) => ({ context }));
    const span = this.sdk.startSpan(
      name,
      { kind: KINDS[kind], startTime, attributes: { ...attributes }, links: linked },
      below(parent),
    );
    return new OpenTelemetrySpan(span);
  }

  override async close(): Promise<void> {
    const isOver = new AbortController();
    const limit = delay(new SystemClock(), CLOSE_LIMIT_MS, isOver.signal);
    const flushed = this.provider.shutdown().catch((error: unknown) => {
      this.log.warn('the last spans could not be sent', { error });
    });
    await Promise.race([flushed, limit]);
    isOver.abort();
  }
}

class OpenTelemetrySpan implements Span {
  constructor(private readonly span: SdkSpan) {}

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.span.spanContext();
    return formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
  }

  end({ endTime = Date.now(), attributes, failure }: SpanEnd = {}): void {
    if (attributes !== undefined) this.span.setAttributes({ ...attributes });
    if (failure !== undefined) {
      this.span.setAttribute(Attributes.ErrorType, failure);
      this.span.setStatus({ code: SpanStatusCode.ERROR });
    }
    this.span.end(endTime);
  }
}

function contextOf(traceparent: unknown): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, sampled } = parsed;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}

function below(parent: unknown): Context {
  const context = contextOf(parent);
  return context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, context);
}

function samplerOf({ sampler, ratio }: TracingOptions): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
