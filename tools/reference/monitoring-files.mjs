import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from '../setup/paths.mjs';

/** @typedef {{ where: string, expr: string }} Query */
/** @typedef {{ alert: string, expr: string, labels: Record<string, string>, annotations: Record<string, string> }} Rule */

export const DASHBOARD = join(root, 'deploy/grafana/dashboards/interject.json');
export const RULES = join(root, 'deploy/prometheus/rules');
export const RULE_TESTS = join(root, 'deploy/prometheus/tests');
export const PROMETHEUS = join(root, 'deploy/prometheus/prometheus.yml');

/** @returns {Rule[]} */
export function alertRules() {
  return readdirSync(RULES).flatMap((file) => {
    const { groups } = parse(readFileSync(join(RULES, file), 'utf8'));
    return groups.flatMap((/** @type {{ rules: Rule[] }} */ { rules }) => rules);
  });
}

/** @returns {{ title: string, type: string, gridPos: { x: number, y: number, w: number, h: number }, targets?: { expr: string }[] }[]} */
export function panels() {
  return JSON.parse(readFileSync(DASHBOARD, 'utf8')).panels;
}

/** Every query of the dashboard and the rules. @returns {Query[]} */
export function queries() {
  return [
    ...panels().flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: `panel ${title}`, expr }))),
    ...alertRules().map(({ alert, expr }) => ({ where: `rule ${alert}`, expr })),
  ];
}
