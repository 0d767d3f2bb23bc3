import { services } from './metric-sources.mjs';

/** @typedef {import('./metric-sources.mjs').DeclaredMetric} DeclaredMetric */

const INTRODUCTION = `# Metrics

Each service shows its metrics at \`GET /metrics\` on its management port, in Prometheus' text format. What to look at is on the
dashboard in \`deploy/grafana\`, what to be woken up by in [alerts.md](../guides/alerts.md).

This page is made from the code by \`npm run docs:metrics\`; a test fails when it is stale.

- Times are in seconds and sizes in bytes. A histogram \`x\` has the series \`x_bucket\` (with the label \`le\`), \`x_sum\` and
  \`x_count\`; its count is the rate of requests, and its label \`outcome\` or \`status\` tells the errors.
- Labels take few values: names of tools that are registered, outcomes, reasons. No label holds an id of a call, a phone
  number, an argument or a URL.
- A counter of something that has never happened may be missing.
`;

/** @type {readonly { owner: string, title: string }[]} */
const SECTIONS = [
  { owner: 'libs/observability', title: 'Every service: build and process' },
  { owner: 'libs/messaging', title: 'Every service: NATS' },
  { owner: 'apps/gateway', title: 'Gateway' },
  { owner: 'apps/notifier', title: 'Notifier' },
  { owner: 'libs/worker-sdk', title: 'Workers' },
];

/** @param {string} owner */
function titleOf(owner) {
  const known = SECTIONS.find((section) => section.owner === owner)?.title;
  const words = (owner.split('/')[1] ?? owner).replaceAll('-', ' ');
  return known ?? `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|');

/**
 * "All" and not their names, so that the page holds when there is one more.
 * @param {readonly string[]} names
 */
function usersText(names) {
  const others = services().filter((service) => !names.includes(service));
  if (others.length === 0) return 'all services';
  if (names.length > 1 && !others.some(isWorker) && names.every(isWorker)) return 'all workers';
  return names.map((name) => `\`${name}\``).join(', ');
}

/** @param {string} service */
const isWorker = (service) => service.endsWith('-worker');

/**
 * The page, as Markdown that is not formatted yet.
 * @param {readonly DeclaredMetric[]} metrics
 */
export function metricsPage(metrics) {
  const owners = [...new Set([...SECTIONS.map(({ owner }) => owner), ...metrics.map(({ owner }) => owner)])];
  const sections = owners.map((owner) => {
    const own = metrics.filter((metric) => metric.owner === owner);
    const rows = own.map(({ name, type, labels, help }) => {
      const shown = labels.map((label) => `\`${label}\``).join(', ');
      return `| \`${name}\` | ${type} | ${shown} | ${cell(help)} |`;
    });
    const table = ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
    return `## ${titleOf(owner)}\n\nShown by ${usersText(own[0]?.services ?? [])}.\n\n${table}\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

/**
 * Names, types and labels that the page tells of.
 * @param {string} page
 * @returns {Map<string, { type: string, labels: readonly string[] }>}
 */
export function metricsOnPage(page) {
  const rows = page.matchAll(/^\| `([a-z0-9_]+)` +\| (\w+) +\| ([^|]*)\|/gm);
  return new Map(
    [...rows].map(([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label) },
    ]),
  );
}
