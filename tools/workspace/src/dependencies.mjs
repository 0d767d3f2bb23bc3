import { addToLockfile } from './lockfile.mjs';
import { readJson, writeJson } from './workspace.mjs';

/** @typedef {import('@nx/devkit').Tree} Tree */
/** @typedef {import('./lockfile.mjs').Manifest} Manifest */

/** What the libraries of a worker use already: their versions are those of the workspace. */
const LIBRARIES = ['libs/worker-sdk', 'libs/runtime', 'libs/observability'];

/** What every worker imports in its sources, and in its specs. */
export const WORKER_DEPENDENCIES = [
  ...['@interject/observability', '@interject/runtime', '@interject/worker-sdk'],
  // `@Type` of class-transformer is wanted by the first nested DTO.
  ...['@nestjs/common', 'class-transformer', 'class-validator', 'reflect-metadata'],
];
/** What a generated tool imports. */
export const TOOL_DEPENDENCIES = ['@interject/observability', '@interject/worker-sdk', 'class-validator'];
export const SPEC_DEPENDENCIES = ['@jest/globals'];

/**
 * The versions that the workspace has of these packages.
 * @param {Tree} tree
 * @param {readonly string[]} names
 * @returns {Record<string, string>}
 */
export function versionsOf(tree, names) {
  const libraries = LIBRARIES.map((folder) => readJson(tree, `${folder}/package.json`));
  const root = readJson(tree, 'package.json');
  /** @type {Record<string, string>} */
  const known = Object.assign(
    {},
    root.devDependencies,
    ...libraries.map(({ devDependencies }) => devDependencies),
    ...libraries.map(({ dependencies }) => dependencies),
    Object.fromEntries(libraries.map(({ name, version }) => [name, version])),
  );
  return Object.fromEntries(
    names.map((name) => {
      const version = known[name];
      if (version === undefined) throw new Error(`No library of the workspace depends on ${name} any more.`);
      return [name, version];
    }),
  );
}

/**
 * Writes a project's package.json into the lockfile.
 * @param {Tree} tree
 * @param {string} folder
 * @returns {{ manifest: Manifest, lacking: string[] }} `lacking`: needs an `npm install`
 */
export function lockProject(tree, folder) {
  /** @type {Manifest} */
  const manifest = readJson(tree, `${folder}/package.json`);
  const lock = readJson(tree, 'package-lock.json');
  const lacking = addToLockfile(lock, folder, manifest);
  writeJson(tree, 'package-lock.json', lock);
  return { manifest, lacking };
}
