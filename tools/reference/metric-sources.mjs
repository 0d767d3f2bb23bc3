import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/paths.mjs';

/**
 * A metric as the code declares it.
 * @typedef {{
 *   name: string, type: string, labels: readonly string[], help: string,
 *   owner: string, services: readonly string[],
 * }} DeclaredMetric `owner` is the folder it is declared in, e.g. `apps/gateway`
 */

/**
 * Imports a source file of the repository: specs take the source itself, the script what was built of it.
 * @typedef {(file: string) => Promise<Record<string, unknown>>} Load
 */

/** @typedef {{ getMetricsAsJSON: () => Promise<{ name: string, help: string, type: string }[]>, getSingleMetric: (name: string) => { labelNames: string[] } | undefined }} Registry */
/** @typedef {new (options?: object) => { registry: Registry }} MetricsClass */

const FOUNDATION = 'libs/observability';

/** @param {string} folder */
function manifestOf(folder) {
  const file = join(root, folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Folders of the services: what the supervisor runs has an entry `interject`. */
export function services() {
  return readdirSync(join(root, 'apps'))
    .filter((app) => manifestOf(`apps/${app}`)?.interject !== undefined)
    .sort();
}

/**
 * Libraries of ours that a project is made of, directly or through others.
 * @param {string} folder
 * @param {Set<string>} found
 * @returns {Set<string>}
 */
function librariesOf(folder, found = new Set()) {
  for (const name of Object.keys(manifestOf(folder)?.dependencies ?? {})) {
    const library = name.startsWith('@interject/') ? `libs/${name.slice('@interject/'.length)}` : undefined;
    if (library === undefined || found.has(library)) continue;
    found.add(library);
    librariesOf(library, found);
  }
  return found;
}

/** Source files of services and libraries, relative to the repository. */
function sources() {
  const projects = [
    ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}`),
    ...services().map((name) => `apps/${name}`),
  ];
  return projects.flatMap((project) => {
    const folder = join(root, project, 'src');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
      .map((file) => `${project}/src/${file}`);
  });
}

/** Files that declare metrics: `<what>-metrics.ts`. */
export function metricFiles() {
  return sources()
    .filter((file) => file.endsWith('-metrics.ts'))
    .sort();
}

/** Files that declare metrics and are not found by their name. */
export function strayMetricFiles() {
  return sources().filter(
    (file) =>
      !file.endsWith('-metrics.ts') &&
      !file.startsWith(`${FOUNDATION}/`) &&
      /\.(counter|gauge|histogram)(<[^>]*>)?\(\{/.test(readFileSync(join(root, file), 'utf8')),
  );
}

/**
 * Metrics in a registry, in the order in which they were declared.
 * @param {Registry} registry
 * @param {string} owner
 * @param {readonly string[]} users
 * @returns {Promise<DeclaredMetric[]>}
 */
async function declared(registry, owner, users) {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type }) => {
    const labels = [...(registry.getSingleMetric(name)?.labelNames ?? [])];
    return { name, type: String(type), labels, help, owner, services: users };
  });
}

/**
 * Every metric of every service: each class of a `*-metrics.ts` is made as its service makes it, and asked what it declared.
 * @param {Load} load
 * @returns {Promise<DeclaredMetric[]>}
 */
export async function declaredMetrics(load) {
  const { Metrics } = /** @type {{ Metrics: MetricsClass }} */ (
    /** @type {unknown} */ (await load(`${FOUNDATION}/src/metrics.ts`))
  );
  const all = services();
  const usersOf = (/** @type {string} */ project) =>
    project.startsWith('apps/')
      ? [project.slice('apps/'.length)]
      : all.filter((name) => librariesOf(`apps/${name}`).has(project));
  const base = new Metrics({ service: 'reference', version: '0.0.0', processMetrics: true });
  const found = await declared(base.registry, FOUNDATION, all);
  for (const file of metricFiles()) {
    const owner = file.split('/', 2).join('/');
    const exported = await load(file);
    for (const [name, value] of Object.entries(exported)) {
      if (!name.endsWith('Metrics') || typeof value !== 'function') continue;
      const metrics = new Metrics();
      Reflect.construct(value, [metrics]);
      found.push(...(await declared(metrics.registry, owner, usersOf(owner))));
    }
  }
  return found;
}
