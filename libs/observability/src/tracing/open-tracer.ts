import type { Log } from '../log.js';
import { NO_TRACING } from './no-tracer.js';
import type { Tracer } from './tracer.js';

/** Names of samplers as in `OTEL_TRACES_SAMPLER`. */
export const Samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof Samplers)[number];

/** Where spans go, and which. */
export interface TracingOptions {
  /** Takes OTLP over HTTP, e.g. `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Sent with each request. Private. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Share of the traces that a ratio sampler takes, 0 to 1. */
  readonly ratio: number;
  /** For one batch, with the times it is sent again; default OTEL_EXPORTER_OTLP_TIMEOUT, which the SDK reads, or 10,000. */
  readonly timeoutMs?: number;
  /** Attributes of this process, `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
}

/** The one module that imports the SDK; its import takes some 100 ms, and memory. */
type LoadSdk = () => Promise<{ readonly openTelemetry: (options: TracingOptions, log: Log) => Tracer }>;

const loadSdk: LoadSdk = () => import('./open-telemetry.js');

/**
 * Makes the tracer of a process. OpenTelemetry is loaded only if there is somewhere to send spans to. Never throws: what
 * keeps it from being loaded is logged, and the service works without.
 *
 * @param options undefined: off
 */
export async function openTracer(options: TracingOptions | undefined, log: Log, load = loadSdk): Promise<Tracer> {
  if (options === undefined) return NO_TRACING;
  try {
    const { openTelemetry } = await load();
    return openTelemetry(options, log);
  } catch (error) {
    log.error('tracing is off: OpenTelemetry cannot be loaded', { error });
    return NO_TRACING;
  }
}
