import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { findProgram } from '../setup/package-manager.mjs';
import { root } from '../setup/paths.mjs';
import { metricsOnPage } from './metrics-page.mjs';
import { metricFiles, services } from './metric-sources.mjs';
import { alertRules, panels, PROMETHEUS, queries, RULE_TESTS, RULES } from './monitoring-files.mjs';
import { groupings, selections } from './promql.mjs';

const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
const reference = metricsOnPage(read('docs/reference/metrics.md'));
/** Labels that Prometheus itself gives. */
const TARGET_LABELS = ['job', 'instance'];

/** @param {string} name as it stands in a query */
function declared(name) {
  const whole = reference.get(name);
  const base = name.replace(/_(bucket|sum|count)$/, '');
  const histogram = reference.get(base);
  if (whole !== undefined && whole.type !== 'histogram') return whole;
  if (base === name || histogram?.type !== 'histogram') return undefined;
  return name.endsWith('_bucket') ? { ...histogram, labels: [...histogram.labels, 'le'] } : histogram;
}

/** @param {string} heading as GitHub makes an anchor of it */
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe('selections', () => {
  it('finds metrics and their labels, and nothing else', () => {
    const query =
      'histogram_quantile(0.9, sum by (tool, le) (rate(a_bucket{x="b{c", y=~"d"}[$__rate_interval]))) > 5 and on (tool) max(e offset 30m)';
    expect(selections(query)).toEqual([
      { metric: 'a_bucket', labels: ['x', 'y'] },
      { metric: 'e', labels: [] },
    ]);
    expect(groupings(query)).toEqual(['tool', 'le', 'tool']);
  });
});

describe('dashboard and rules', () => {
  it.each(queries().map(({ where, expr }) => /** @type {const} */ ([where, expr])))(
    '%s asks for metrics and labels that are in the reference',
    (_where, expr) => {
      const selected = selections(expr).filter(({ metric }) => metric !== 'up');
      expect(selections(expr).length).toBeGreaterThan(0);
      const known = new Set(TARGET_LABELS);
      for (const { metric, labels } of selected) {
        const labelsOf = declared(metric)?.labels;
        expect([metric, labelsOf === undefined ? 'not in docs/reference/metrics.md' : 'known']).toEqual([
          metric,
          'known',
        ]);
        for (const label of labelsOf ?? []) known.add(label);
        expect(labels.filter((label) => !TARGET_LABELS.includes(label) && !labelsOf?.includes(label))).toEqual([]);
      }
      expect(groupings(expr).filter((label) => !known.has(label))).toEqual([]);
    },
  );

  it('answers first whether callers hear their results, and has a row for each service with metrics of its own', () => {
    const rows = panels().filter(({ type }) => type === 'row');
    expect(rows[0]?.title).toBe('Are callers hearing their results?');
    const titles = rows.map(({ title }) => anchorOf(title));
    const withOwn = services().filter((service) => metricFiles().some((file) => file.startsWith(`apps/${service}/`)));
    expect(withOwn.length).toBeGreaterThan(4);
    expect(withOwn.filter((service) => !titles.includes(service))).toEqual([]);
  });

  it('has panels that do not lie on each other', () => {
    const boxes = panels().map(({ gridPos }) => gridPos);
    for (const [at, a] of boxes.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      const hit = boxes
        .slice(at + 1)
        .some((b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h);
      expect([a, hit]).toEqual([a, false]);
    }
  });

  it.each(alertRules().map((rule) => /** @type {const} */ ([rule.alert, rule])))(
    '%s says what it is, how bad, and what to do',
    (alert, { labels, annotations }) => {
      expect(['warning', 'critical']).toContain(labels['severity']);
      expect(annotations).toEqual({
        summary: expect.any(String),
        description: expect.any(String),
        runbook: expect.stringMatching(/^docs\/guides\/alerts\.md#/),
      });
      const [file = '', anchor = ''] = (annotations['runbook'] ?? '').split('#');
      const section = read(file)
        .split(/^## /m)
        .slice(1)
        .find((text) => anchorOf(text.split('\n', 1)[0] ?? '') === anchor);
      expect(section).toContain(`\`${alert}\``);
    },
  );

  it('has for every rule a test that fires and one that does not', () => {
    const tests = readdirSync(RULE_TESTS).flatMap((file) => parse(readFileSync(join(RULE_TESTS, file), 'utf8')).tests);
    for (const { alert } of alertRules()) {
      /** @type {{ alertname: string, exp_alerts: unknown[] }[]} */
      const own = tests
        .flatMap(({ alert_rule_test }) => alert_rule_test)
        .filter((/** @type {{ alertname: string }} */ { alertname }) => alertname === alert);
      expect([alert, own.some(({ exp_alerts }) => exp_alerts.length > 0)]).toEqual([alert, true]);
      expect([alert, own.some(({ exp_alerts }) => exp_alerts.length === 0)]).toEqual([alert, true]);
    }
  });
});

describe('prometheus.yml', () => {
  /** @type {{ job_name: string, dns_sd_configs?: { names: string[], port: number }[] }[]} */
  const jobs = parse(readFileSync(PROMETHEUS, 'utf8')).scrape_configs;

  it.each(services())('scrapes %s, where its management port is', (service) => {
    const { interject } = JSON.parse(read(`apps/${service}/package.json`));
    expect(parse(read('docker-compose.yml')).services).toHaveProperty([service]);
    const job = jobs.find(({ job_name }) => job_name === service);
    expect(job?.dns_sd_configs).toEqual([
      expect.objectContaining({ names: [service], port: interject.managementPort }),
    ]);
  });
});

const promtool = findProgram('promtool');

(promtool === undefined ? describe.skip : describe)('promtool', () => {
  const run = (/** @type {string[]} */ ...args) => {
    const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8' });
    return status === 0 ? 'ok' : `${stdout}${stderr}`;
  };
  const filesIn = (/** @type {string} */ folder) => readdirSync(folder).map((file) => join(folder, file));

  it('takes the configuration and the rules', () => {
    expect(run('check', 'config', PROMETHEUS)).toBe('ok');
    expect(run('check', 'rules', '--lint-fatal', ...filesIn(RULES))).toBe('ok');
  });

  it('sees every rule fire when it should, and only then', () => {
    expect(run('test', 'rules', ...filesIn(RULE_TESTS))).toBe('ok');
  });
});
