// Whether Prometheus has every target up and every rule loaded, and Grafana its dashboard:
//   node tools/compose/check.mjs [--all]        `--all`: every job of prometheus.yml must have a target, as with the profile demo
//   docker compose --profile demo exec demo-call node /interject/tools/compose/check.mjs --all       where there is no Node
// Waits for up to a minute, because a target is scraped every 15 s. PROMETHEUS_URL and GRAFANA_URL may say where they are.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertsIn, ruleFaults, targetFaults } from './monitoring-faults.mjs';

/** @typedef {import('./monitoring-faults.mjs').Target} Target */
/** @typedef {import('./monitoring-faults.mjs').Rule} Rule */
/** @typedef {{ faults: string[], summary: string[] }} Findings */

const RULES = join(import.meta.dirname, '../../deploy/prometheus/rules');
const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;
/** Jobs that are there without any profile. */
const ALWAYS = ['prometheus', 'gateway', 'notifier', 'appointments-worker'];
/** Its uid in deploy/grafana. */
const DASHBOARD = 'interject';

const local = (/** @type {string} */ variable, /** @type {number} */ port) =>
  `http://127.0.0.1:${process.env[variable]?.trim() || port}`;
const prometheus = process.env['PROMETHEUS_URL'] ?? local('PROMETHEUS_PORT', 9090);
const grafana = process.env['GRAFANA_URL'] ?? local('GRAFANA_PORT', 3001);
const unknown = process.argv.slice(2).filter((argument) => argument !== '--all');
if (unknown.length > 0) {
  console.log(`Unknown argument ${unknown.join(' ')}. There is only --all.`);
  process.exit(2);
}
const all = process.argv.includes('--all');

const deadline = performance.now() + WITHIN_MS;
let findings = await look();
while (findings.faults.length > 0 && performance.now() < deadline) {
  await sleep(LOOK_EVERY_MS);
  findings = await look();
}
for (const line of [...findings.summary, ...findings.faults]) console.log(line);
process.exitCode = findings.faults.length === 0 ? 0 : 1;

/** @returns {Promise<Findings>} */
async function look() {
  try {
    const parts = [await lookAtTargets(), await lookAtRules(), await lookAtGrafana()];
    return { faults: parts.flatMap(({ faults }) => faults), summary: parts.flatMap(({ summary }) => summary) };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { faults: [cause instanceof Error ? cause.message : String(cause)], summary: [] };
  }
}

/** @returns {Promise<Findings>} */
async function lookAtTargets() {
  /** @type {{ data: { activeTargets: Target[] } }} */
  const { data } = await ask(`${prometheus}/api/v1/targets?state=active`);
  const targets = data.activeTargets;
  /** @type {{ data: { scrapePools: string[] } }} */
  const pools = await ask(`${prometheus}/api/v1/scrape_pools`);
  const up = targets.filter(({ health }) => health === 'up').map(({ labels }) => labels['job']);
  return {
    faults: targetFaults(targets, all ? pools.data.scrapePools : ALWAYS),
    summary: [`targets up: ${up.length} of ${targets.length} (${up.sort().join(', ')})`],
  };
}

/** @returns {Promise<Findings>} */
async function lookAtRules() {
  const wanted = readdirSync(RULES).flatMap((file) => alertsIn(readFileSync(join(RULES, file), 'utf8')));
  /** @type {{ data: { groups: { rules: Rule[] }[] } }} */
  const { data } = await ask(`${prometheus}/api/v1/rules`);
  const rules = data.groups.flatMap((group) => group.rules);
  const firing = rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
  return {
    faults: ruleFaults(rules, wanted),
    summary: [`rules loaded: ${rules.length}, wanted: ${wanted.length}; firing: ${firing.join(', ') || 'none'}`],
  };
}

/** @returns {Promise<Findings>} */
async function lookAtGrafana() {
  /** @type {{ uid: string, title: string }[]} */
  const found = await ask(`${grafana}/api/search?type=dash-db`);
  const board = found.find(({ uid }) => uid === DASHBOARD);
  return {
    faults: board === undefined ? [`Grafana has no dashboard ${DASHBOARD}`] : [],
    summary: board === undefined ? [] : [`dashboard: ${board.title}`],
  };
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
async function ask(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}
