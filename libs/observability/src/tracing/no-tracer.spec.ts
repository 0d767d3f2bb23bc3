import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Log } from '../log.js';
import { NO_SPAN, NO_TRACING } from './no-tracer.js';
import { openTracer } from './open-tracer.js';
import type { TracingOptions } from './open-tracer.js';
import { SpanNames } from './span-names.js';

const OPTIONS: TracingOptions = {
  url: 'http://127.0.0.1:9/v1/traces',
  headers: {},
  sampler: 'always_on',
  ratio: 1,
  resource: {},
};

describe('tracing that is off', () => {
  it('has one span for all, which hands on no header', async () => {
    expect(NO_TRACING.isOn).toBe(false);
    const span = NO_TRACING.start(SpanNames.Job, { parent: '00-x' });
    expect(span).toBe(NO_SPAN);
    expect(NO_TRACING.start(SpanNames.Say)).toBe(span);
    expect(span.traceparent).toBeUndefined();
    span.end({ failure: 'any' });
    await NO_TRACING.close();
  });

  it('loads nothing of OpenTelemetry', async () => {
    let loads = 0;
    const load = (): Promise<never> => {
      loads += 1;
      return Promise.reject(new Error('It was loaded.'));
    };
    expect(await openTracer(undefined, Log.silent(), load)).toBe(NO_TRACING);
    expect(loads).toBe(0);
    // And a service goes on without it where it cannot be loaded.
    expect(await openTracer(OPTIONS, Log.silent(), load)).toBe(NO_TRACING);
    expect(loads).toBe(1);
  });

  it('is imported by no module but by those that only the dynamic import reaches', () => {
    const root = join(import.meta.dirname, '..');
    const importers = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .filter((file) => {
        const source = readFileSync(join(root, file), 'utf8');
        return /^import (?!type )[^;]*from '(@opentelemetry\/|[./]+(tracing\/)?(open-telemetry|told-exporter)\.js)/m.test(
          source,
        );
      });
    expect(importers).toEqual([join('tracing', 'open-telemetry.ts')]);
  });
});
