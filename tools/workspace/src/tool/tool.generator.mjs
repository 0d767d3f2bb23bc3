import { join } from 'node:path';
import { generateFiles, logger } from '@nx/devkit';
import { lockProject, TOOL_DEPENDENCIES, versionsOf } from '../dependencies.mjs';
import { format, quoted } from '../formatted.mjs';
import { linkProject } from '../link.mjs';
import { descriptionOf, NameError, toolNames } from '../names.mjs';
import { addProvider } from '../providers.mjs';
import { apps, assertToolIsFree, readJson, readText, writeJson } from '../workspace.mjs';

/** @typedef {import('@nx/devkit').Tree} Tree */
/** @typedef {{ name: string, worker?: string, description?: string }} ToolOptions */

/** What the example of a handler takes unless a worker configures it. */
const DELAY_MS = 3000;

/**
 * Adds a tool to a worker app.
 * @param {Tree} tree
 * @param {ToolOptions} options
 * @returns {Promise<() => void>} to be run when the files are written
 * @throws {NameError} for a name that cannot be taken, and for a worker that is not there
 */
export async function toolGenerator(tree, { name, worker, description }) {
  const folder = findWorker(tree, worker);
  const names = toolNames(name);
  assertToolIsFree(tree, names.tool);
  const existing = toolPaths(`${folder}/src`, names.file).find((path) => tree.exists(path));
  if (existing !== undefined) throw new NameError(`There is ${existing} already. Name this tool otherwise.`);
  const module = moduleOf(tree, folder);
  writeTool(tree, `${folder}/src`, {
    ...names,
    subject: names.words,
    description: descriptionOf(
      description,
      `Takes down what the caller wants (${names.words}) and gives it a reference.`,
    ),
  });
  const from = module.endsWith('/tools/tools.module.ts') ? './' : './tools/';
  const provider = { className: names.className, from: `${from}${names.file}.tool.js` };
  tree.write(module, addProvider(module, readText(tree, module), provider));
  await format(tree, [module, ...toolPaths(`${folder}/src`, names.file)]);
  const hasChanged = addDependencies(tree, folder);
  const { manifest, lacking } = hasChanged ? lockProject(tree, folder) : { manifest: undefined, lacking: [] };
  return () => {
    if (manifest) linkProject(tree.root, folder, manifest);
    logger.info(`\nThe tool ${names.tool} is in ${folder}/src/tools/${names.file}.tool.ts, and in ${module}.`);
    if (lacking.length > 0) logger.warn(`Run npm install: ${lacking.join(', ')} is new to the workspace.`);
  };
}

/**
 * Writes arguments, handler and spec of a tool.
 * @param {Tree} tree
 * @param {string} source folder of the worker's sources
 * @param {import('../names.mjs').ToolNames & { subject: string, description: string,
 *   config?: { className: string, file: string } }} tool `config`: the class of the worker's configuration that has the
 *   example's delay
 */
export function writeTool(tree, source, { description, config, ...tool }) {
  const substitutions = { ...tool, description: quoted(description), config, delayMs: DELAY_MS, template: '' };
  generateFiles(tree, join(import.meta.dirname, 'files'), `${source}/tools`, substitutions);
}

/**
 * @param {string} source
 * @param {string} file
 */
export function toolPaths(source, file) {
  return ['arguments.ts', 'tool.ts', 'tool.spec.ts'].map((ending) => `${source}/tools/${file}.${ending}`);
}

/**
 * @param {Tree} tree
 * @param {string | undefined} worker
 * @returns {string} its folder
 */
function findWorker(tree, worker) {
  const workers = apps(tree).filter((app) => readJson(tree, `apps/${app}/package.json`).interject?.role === 'worker');
  const found = workers.find((app) => app === worker || app === `${worker}-worker`);
  if (found === undefined) {
    const problem = worker === undefined ? 'Which worker? Say --worker=<name>.' : `There is no worker "${worker}".`;
    throw new NameError(`${problem} There are: ${workers.join(', ')}.`);
  }
  if (found === 'http-worker') {
    throw new NameError('http-worker has no code for its tools: describe the tool in its YAML file (HTTP_TOOLS_FILE).');
  }
  return `apps/${found}`;
}

/**
 * The module that lists the handlers.
 * @param {Tree} tree
 * @param {string} folder
 */
function moduleOf(tree, folder) {
  const places = [`${folder}/src/tools/tools.module.ts`, `${folder}/src/app.module.ts`];
  const found = places.find((place) => tree.exists(place));
  if (found === undefined) throw new NameError(`${folder} has neither ${places.join(' nor ')} to list a handler in.`);
  return found;
}

/**
 * @param {Tree} tree
 * @param {string} folder
 * @returns {boolean} whether one was missing
 */
function addDependencies(tree, folder) {
  const path = `${folder}/package.json`;
  const manifest = readJson(tree, path);
  const missing = TOOL_DEPENDENCIES.filter((dependency) => manifest.dependencies?.[dependency] === undefined);
  if (missing.length === 0) return false;
  manifest.dependencies = { ...manifest.dependencies, ...versionsOf(tree, missing) };
  writeJson(tree, path, manifest);
  return true;
}
