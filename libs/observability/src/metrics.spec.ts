import { describe, expect, it } from '@jest/globals';
import { boundedLabel } from './bounded-label.js';
import { EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS, Metrics } from './metrics.js';

describe('Metrics', () => {
  it('makes counters, gauges and histograms in a registry of its own', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'interject_calls_total', help: 'h', labels: ['tool'] }).inc({ tool: 'a' });
    metrics.gauge({ name: 'interject_running', help: 'h', collect: (gauge) => gauge.set(7) });
    metrics.histogram({ name: 'interject_job_seconds', help: 'h', buckets: JOB_BUCKETS_SECONDS }).observe(0.3);
    const text = await metrics.registry.metrics();
    expect(text).toContain('interject_calls_total{tool="a"} 1');
    expect(text).toContain('interject_running 7');
    expect(text).toContain('interject_job_seconds_bucket{le="0.5"} 1');
    expect(await new Metrics().registry.metrics()).toBe('\n');
  });

  it('refuses a name that is taken, and one against the rules', () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'interject_a', help: 'h' });
    expect(() => metrics.gauge({ name: 'interject_a', help: 'h' })).toThrow(/interject_a is registered already/);
    expect(() => metrics.gauge({ name: 'other_a', help: 'h' })).toThrow(/must be named interject_/);
    expect(() => metrics.gauge({ name: 'interject_A', help: 'h' })).toThrow(/must be named interject_/);
    expect(() => metrics.counter({ name: 'interject_b', help: 'h' })).toThrow(/must end in _total/);
    // The refused one left nothing behind.
    metrics.counter({ name: 'interject_b_total', help: 'h' });
  });

  it('has the metrics of the process and of the build, without the misnamed gauges', async () => {
    const text = await new Metrics({ service: 'spec', version: '1.0.0', processMetrics: true }).registry.metrics();
    expect(text).toContain(`interject_build_info{service="spec",version="1.0.0",node="${process.versions.node}"} 1`);
    expect(text).toContain('process_cpu_seconds_total');
    const gauges = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name);
    expect(gauges.filter((name) => name?.endsWith('_total'))).toEqual([]);
  });

  it('has buckets in rising order that span what is promised', () => {
    for (const buckets of [EDGE_BUCKETS_SECONDS, JOB_BUCKETS_SECONDS]) {
      expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
    }
    expect([EDGE_BUCKETS_SECONDS[0], EDGE_BUCKETS_SECONDS.at(-1)]).toEqual([0.005, 10]);
    expect([JOB_BUCKETS_SECONDS[0], JOB_BUCKETS_SECONDS.at(-1)]).toEqual([0.25, 600]);
  });
});

describe('boundedLabel', () => {
  it('keeps the values of a set', () => {
    const allowed = new Set(['stored', 'refused']);
    expect([boundedLabel('stored', allowed), boundedLabel('made up', allowed)]).toEqual(['stored', 'other']);
  });

  it('keeps the first values up to a number', () => {
    const limit = { max: 2 };
    const values = ['a', 'b', 'c', 'a', 'c', '', 'x'.repeat(1000)];
    expect(values.map((value) => boundedLabel(value, limit))).toEqual([
      'a',
      'b',
      'other',
      'a',
      'other',
      'other',
      'other',
    ]);
    expect(boundedLabel('c', { max: 2 })).toBe('c');
  });
});
