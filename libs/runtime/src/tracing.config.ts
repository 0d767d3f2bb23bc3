import { Samplers } from '@interject/observability';
import type { SamplerName, TracingOptions } from '@interject/observability';
import { IsBoolean, IsIn, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { Env } from './env.decorator.js';

const TRACES_PATH = '/v1/traces';

/** Tracing, by the variables that OpenTelemetry's SDKs have in common (docs/guides/tracing.md). Off without an endpoint. */
export class TracingConfig {
  /** A collector that takes OTLP over HTTP; `/v1/traces` is put behind it. */
  @Env('OTEL_EXPORTER_OTLP_ENDPOINT', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly endpoint?: string;

  /** The same for traces alone, and used as it is. */
  @Env('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly tracesEndpoint?: string;

  /** Sent along: `name=value`, separated by commas, values percent-encoded. */
  @Env('OTEL_EXPORTER_OTLP_HEADERS', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  readonly headers?: string;

  /** Go before {@link headers}. */
  @Env('OTEL_EXPORTER_OTLP_TRACES_HEADERS', { secret: true, type: 'string' })
  @IsOptional()
  @IsString()
  readonly tracesHeaders?: string;

  /** Off, whatever else is set. */
  @Env('OTEL_SDK_DISABLED')
  @IsBoolean()
  readonly isDisabled: boolean = false;

  @Env('OTEL_TRACES_SAMPLER')
  @IsIn(Samplers)
  readonly sampler: SamplerName = 'parentbased_always_on';

  /** Share of the traces that `traceidratio` takes. */
  @Env('OTEL_TRACES_SAMPLER_ARG')
  @IsNumber()
  @Min(0)
  @Max(1)
  readonly ratio: number = 1;

  /** Default: `interject-` and the name of the service. */
  @Env('OTEL_SERVICE_NAME', { type: 'string' })
  @IsOptional()
  @Length(1, 255)
  readonly serviceName?: string;

  /** More about this process: `name=value`, separated by commas, values percent-encoded. */
  @Env('OTEL_RESOURCE_ATTRIBUTES', { type: 'string' })
  @IsOptional()
  @IsString()
  readonly resourceAttributes?: string;

  problems(): readonly string[] {
    const problems: string[] = [];
    for (const [variable, url] of [
      ['OTEL_EXPORTER_OTLP_ENDPOINT', this.endpoint],
      ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', this.tracesEndpoint],
    ] as const) {
      if (url !== undefined && !isHttpUrl(url)) problems.push(`${variable} must be a URL like http://127.0.0.1:4318`);
    }
    for (const [variable, text] of [
      ['OTEL_EXPORTER_OTLP_HEADERS', this.headers],
      ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', this.tracesHeaders],
      ['OTEL_RESOURCE_ATTRIBUTES', this.resourceAttributes],
    ] as const) {
      if (pairsIn(text) === undefined) problems.push(`${variable} must be like name=value,other=value`);
    }
    return problems;
  }

  /** @returns undefined when tracing is off */
  options(service: string, version: string): TracingOptions | undefined {
    const url = this.url();
    if (url === undefined || this.isDisabled) return undefined;
    const { sampler, ratio, serviceName } = this;
    return {
      url,
      headers: { ...pairsIn(this.headers), ...pairsIn(this.tracesHeaders) },
      sampler,
      ratio,
      resource: {
        'service.namespace': 'interject',
        'service.name': `interject-${service}`,
        'service.version': version,
        ...pairsIn(this.resourceAttributes),
        ...(serviceName !== undefined && { 'service.name': serviceName }),
      },
    };
  }

  private url(): string | undefined {
    if (this.tracesEndpoint !== undefined) return this.tracesEndpoint.trim();
    return this.endpoint === undefined ? undefined : `${this.endpoint.trim().replace(/\/+$/, '')}${TRACES_PATH}`;
  }
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'http:' || protocol === 'https:';
}

/** @returns undefined when the text is no list of pairs */
function pairsIn(text = ''): Record<string, string> | undefined {
  const pairs: Record<string, string> = {};
  for (const item of text.split(',').map((each) => each.trim())) {
    if (item === '') continue;
    const [, name, value] = /^([^=\s]+)\s*=\s*(.*)$/.exec(item) ?? [];
    const decoded = value === undefined ? undefined : decodedOf(value);
    if (name === undefined || decoded === undefined) return undefined;
    pairs[name] = decoded;
  }
  return pairs;
}

function decodedOf(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
