import { describe, expect, it } from '@jest/globals';
import type { Environment } from './environment.js';
import { loadConfigs } from './load-configs.js';
import { isConfigurationError } from './runtime.errors.js';
import { TracingConfig } from './tracing.config.js';

const optionsFor = (env: Environment) =>
  loadConfigs([TracingConfig], env).get(TracingConfig).options('http-worker', '1.2.3');

function faultsFor(env: Environment): readonly string[] {
  try {
    loadConfigs([TracingConfig], env);
  } catch (error) {
    if (isConfigurationError(error)) return error.faults.map(({ variable }) => variable).sort();
    throw error;
  }
  return [];
}

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('TracingConfig', () => {
  it.each<[string, Environment]>([
    ['without an endpoint', {}],
    ['with empty ones', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ' ' }],
    ['when the SDK is disabled', { ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
    ['with all but an endpoint', { OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'x' }],
  ])('is off %s', (_case, env) => {
    expect(optionsFor(env)).toBeUndefined();
  });

  it('names the service after itself, and samples what is not sampled otherwise', () => {
    expect(optionsFor(ENDPOINT)).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      sampler: 'parentbased_always_on',
      ratio: 1,
      resource: {
        'service.namespace': 'interject',
        'service.name': 'interject-http-worker',
        'service.version': '1.2.3',
      },
    });
  });

  it('takes what the SDKs of OpenTelemetry take', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/base/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20eDp5, x-tenant = a',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=b=c',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_SERVICE_NAME: 'speech',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=no,deployment.environment.name=staging',
    };
    expect(optionsFor(env)).toMatchObject({
      url: 'https://collector/base/v1/traces',
      headers: { authorization: 'Basic eDp5', 'x-tenant': 'b=c' },
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
      resource: { 'service.name': 'speech', 'deployment.environment.name': 'staging' },
    });
  });

  it('takes an endpoint for traces as it is, and before the other', () => {
    const env = { ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:1/otlp' };
    expect(optionsFor(env)?.url).toBe('http://traces:1/otlp');
  });

  it('tells every fault by its variable, and no header', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'not a URL',
      OTEL_EXPORTER_OTLP_HEADERS: 'hunter2',
      OTEL_RESOURCE_ATTRIBUTES: 'a=%zz',
    };
    expect(faultsFor(env)).toEqual(Object.keys(env).sort());
    expect(faultsFor({ OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: '2' })).toEqual([
      'OTEL_TRACES_SAMPLER',
      'OTEL_TRACES_SAMPLER_ARG',
    ]);
    expect(() => loadConfigs([TracingConfig], { OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' })).toThrow(/must be like/);
    expect(() => loadConfigs([TracingConfig], { OTEL_EXPORTER_OTLP_HEADERS: 'hunter2' })).not.toThrow(/hunter2/);
  });
});
