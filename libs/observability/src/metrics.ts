import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { MetricsError } from './metrics.errors.js';

/** For a request, a publish, a POST: 5 ms to 10 s. */
export const EDGE_BUCKETS_SECONDS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** For jobs and what a caller waits for: 250 ms to 10 minutes. */
export const JOB_BUCKETS_SECONDS: readonly number[] = [0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 600];

export interface MetricOptions<Label extends string> {
  /** `interject_...` in snake case with the base unit at the end (`_seconds`, `_bytes`); a counter ends in `_total`. */
  readonly name: string;
  readonly help: string;
  /** Bounded things only (tool, outcome, class, reason), never an id: see `boundedLabel`. */
  readonly labels?: readonly Label[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Called at each scrape, to set the value just then. */
  readonly collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  readonly buckets: readonly number[];
}

export interface MetricsOptions {
  /** With both given there is a metric `interject_build_info`. */
  readonly service?: string;
  readonly version?: string;
  /** Adds the metrics of Node and the process; default false. */
  readonly processMetrics?: boolean;
}

const NAME = /^interject(_[a-z0-9]+)+$/;
/** Gauges whose names end like counters: promtool objects to them, and the same numbers are there by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** The metrics of one process, in a registry of their own: two of them in one test do not meet. */
export class Metrics {
  readonly registry = new Registry();

  constructor({ service, version, processMetrics = false }: MetricsOptions = {}) {
    if (processMetrics) {
      collectDefaultMetrics({ register: this.registry });
      for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    }
    if (service !== undefined && version !== undefined) {
      const info = this.gauge({
        name: 'interject_build_info',
        help: 'What runs here; always 1.',
        labels: ['service', 'version', 'node'],
      });
      info.set({ service, version, node: process.versions.node }, 1);
    }
  }

  /** @throws MetricsError if the name is taken or does not fit the rules */
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
    this.check(options.name);
    if (!options.name.endsWith('_total')) throw new MetricsError(`The counter ${options.name} must end in _total.`);
    return new Counter<Label>(this.configuration(options));
  }

  /** @throws MetricsError if the name is taken or does not fit the rules */
  gauge<Label extends string = never>(options: GaugeOptions<Label>): Gauge<Label> {
    this.check(options.name);
    const { collect } = options;
    return new Gauge<Label>({
      ...this.configuration(options),
      ...(collect === undefined
        ? {}
        : {
            collect(this: Gauge<Label>) {
              return collect(this);
            },
          }),
    });
  }

  /** @throws MetricsError if the name is taken or does not fit the rules */
  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label> {
    this.check(options.name);
    return new Histogram<Label>({ ...this.configuration(options), buckets: [...options.buckets] });
  }

  private check(name: string): void {
    if (!NAME.test(name)) throw new MetricsError(`The metric ${name} must be named interject_... in snake case.`);
    if (this.registry.getSingleMetric(name) !== undefined) {
      throw new MetricsError(`The metric ${name} is registered already: make it once and inject its owner.`);
    }
  }

  private configuration<Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
