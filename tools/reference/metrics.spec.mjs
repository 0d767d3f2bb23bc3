import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { root } from '../setup/paths.mjs';
import { declaredMetrics, metricFiles, services, strayMetricFiles } from './metric-sources.mjs';
import { metricsOnPage, metricsPage } from './metrics-page.mjs';

const PAGE = join(root, 'docs/reference/metrics.md');
const page = readFileSync(PAGE, 'utf8');
/** prom-client shows more of a process on Linux, where the page is made. */
const onLinux = process.platform === 'linux' ? it : it.skip;

/** Names that lead to a series for each call, or to private data. */
const UNBOUNDED = /id$|call|phone|number|url|text|argument/i;

describe('docs/reference/metrics.md', () => {
  /** @type {import('./metric-sources.mjs').DeclaredMetric[]} */
  let metrics;

  beforeAll(async () => {
    metrics = await declaredMetrics((file) => import(join(root, file)));
  });

  onLinux('is what the code declares: if not, npm run docs:metrics', async () => {
    const config = await resolveConfig(PAGE);
    expect(page).toBe(await format(metricsPage(metrics), { ...config, filepath: PAGE }));
  });

  it('finds every file that declares metrics', () => {
    expect(metricFiles().length).toBeGreaterThan(8);
    expect(strayMetricFiles()).toEqual([]);
  });

  it('reads its own table', () => {
    const shown = metricsOnPage(page);
    const own = metrics.filter(({ name }) => name.startsWith('interject_'));
    for (const { name, type, labels } of own) expect([name, shown.get(name)]).toEqual([name, { type, labels }]);
    expect(shown.get('interject_tool_call_to_heard_seconds')?.labels).toEqual(['tool', 'outcome']);
  });

  it('has no name twice in a service', () => {
    for (const service of services()) {
      const names = metrics.filter((metric) => metric.services.includes(service)).map(({ name }) => name);
      expect([service, names.filter((name, at) => names.indexOf(name) !== at)]).toEqual([service, []]);
    }
  });

  it('keeps to the conventions: unit at the end, only counters end in _total, a help text', () => {
    for (const { name, type, help } of metrics) {
      expect([name, help.length > 0]).toEqual([name, true]);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
      expect(name).not.toMatch(/_(ms|millis|milliseconds|kb|minutes)(_|$)/);
    }
  });

  it('has no label for what there is without end', () => {
    const labels = new Set(metrics.filter(({ name }) => name.startsWith('interject_')).flatMap((one) => one.labels));
    expect([...labels].filter((label) => UNBOUNDED.test(label))).toEqual([]);
  });
});
