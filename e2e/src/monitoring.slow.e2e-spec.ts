import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@interject/testing';
import { parse } from 'yaml';
import { expectPassed } from './harness/expect-passed.js';
import { InterjectSystem } from './harness/interject-system.js';
import type { ServiceName } from './harness/interject-system.js';
import { PrometheusServer } from './harness/prometheus-server.js';
import { planCall, reportCall } from './harness/scenarios.js';
import { ROOT } from './harness/service-process.js';

const SERVICES: readonly ServiceName[] = [
  'gateway',
  'notifier',
  'http-worker',
  'appointments-worker',
  'follow-up-worker',
];

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

/** Panels that show nothing on a good day: what they count has not happened. */
const QUIET: ReadonlySet<string> = new Set(['Webhooks not answered 200', 'Shed', 'Faults and delays', 'Grace windows']);
/** Of a panel, what has not happened though the rest has. */
const QUIET_PARTS = /interject_(dead_letters_stored_total|facts_refused_total)/;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { panels } = JSON.parse(read('deploy/grafana/dashboards/interject.json')) as {
  readonly panels: readonly Panel[];
};
const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
const rules = readdirSync(join(ROOT, 'deploy/prometheus/rules')).flatMap((file) =>
  (parse(read(`deploy/prometheus/rules/${file}`)) as RuleFile).groups.flatMap((group) => group.rules),
);

/** As Grafana fills its variables in, for scrapes that are a second apart. */
const filled = (query: string): string => query.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '5m');

function check(metrics: string): string {
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: metrics });
  if (error !== undefined) throw error;
  return status === 0 ? 'ok' : `${stdout.toString()}${stderr.toString()}`;
}

/** Dashboard and rules on a real Prometheus that scraped the built services, after calls were played. */
describe('monitoring', () => {
  let system: InterjectSystem;
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    system = await InterjectSystem.start({ services: SERVICES, env: { APPOINTMENTS_DATA_DIR: 'memory://' } });
    prometheus = await PrometheusServer.start(
      new Map(SERVICES.map((name) => [name, system.service(name).managementPort])),
    );
    const hangsUp = planCall({
      name: 'hangs up',
      tools: ['build_report'],
      steps: [
        { toolCalls: [{ tool: 'build_report', arguments: { region: 'too late' } }] },
        { after: 100, hangUp: true },
      ],
    });
    // Whether it is free does not matter: a transaction finds out.
    const startsAt = `${new Date(Date.now() + 8 * 86_400_000).toISOString().slice(0, 10)}T09:00`;
    const booking = { name: 'Ada', practitioner: 'Anna Weber', startsAt };
    const asksForSlots = planCall({
      name: 'asks for slots',
      tools: ['find_slots', 'book_appointment'],
      steps: [
        { assistant: 'Hello, how can I help you?' },
        { toolCalls: [{ tool: 'book_appointment', arguments: booking }] },
        { toolCalls: [{ tool: 'find_slots', arguments: { service: 'dentist' } }] },
        { waitForHeard: { count: 1, withinMs: 60_000 } },
        { after: 1500, hangUp: true },
      ],
    });
    const played = await Promise.all([
      system.simulator.play(reportCall('north')),
      system.simulator.play(hangsUp),
      system.simulator.play(asksForSlots),
    ]);
    expectPassed(played[0]);
    await system.api(`/calls/${String(played[0].calls[0]?.callId)}`);
  }, 120_000);
  afterAll(async () => {
    await prometheus.stop();
    await system.stop();
  }, 60_000);

  it('has every target up and every rule loaded', async () => {
    await eventually(async () => {
      const targets = await prometheus.targets();
      return targets.length === SERVICES.length && targets.every(({ health }) => health === 'up');
    });
    const loaded = await eventually(async () => {
      const found = await prometheus.rules();
      return found.every(({ health }) => health !== 'unknown') ? found : undefined;
    });
    expect(loaded.map(({ name }) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
    expect(loaded.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(loaded.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  it.each(queries)('panel %s: %s', async (title, query) => {
    if (QUIET.has(title) || QUIET_PARTS.test(query)) {
      await prometheus.series(filled(query));
      return;
    }
    // Scrapes are a second apart, and a rate needs two of them.
    await eventually(async () => (await prometheus.series(filled(query))) > 0, { timeoutMs: 20_000, intervalMs: 500 });
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))('rule %s can be run', async (_alert, expr) => {
    await prometheus.series(expr);
  });

  it.each(SERVICES)('the metrics of %s keep to the conventions and are in the reference', async (name) => {
    const text = await system.service(name).metrics();
    expect(check(text)).toBe('ok');
    const page = read('docs/reference/metrics.md');
    const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, family = '']) => family);
    expect(families.length).toBeGreaterThan(30);
    expect(families.filter((family) => !page.includes(`\`${family}\``))).toEqual([]);
  });
});
