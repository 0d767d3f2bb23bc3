import { visitNotIgnoredFiles } from '@nx/devkit';
import ts from 'typescript';
import { NameError } from './names.mjs';

/** @typedef {import('@nx/devkit').Tree} Tree */

/** The first management port of a worker. */
const FIRST_PORT = 9110;

/**
 * Folders below apps/ that hold an app.
 * @param {Tree} tree
 */
export function apps(tree) {
  return tree.children('apps').filter((app) => tree.exists(`apps/${app}/package.json`));
}

/**
 * @param {Tree} tree
 * @param {string} path
 * @returns {any} JSON
 */
export function readJson(tree, path) {
  return JSON.parse(readText(tree, path));
}

/**
 * @param {Tree} tree
 * @param {string} path
 * @returns {string}
 * @throws {Error} that names the file
 */
export function readText(tree, path) {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`${path} is missing: the generators need it.`);
  return text;
}

/**
 * @param {Tree} tree
 * @param {string} path
 * @param {unknown} value
 */
export function writeJson(tree, path, value) {
  tree.write(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * The next management port that no app has.
 * @param {Tree} tree
 */
export function nextManagementPort(tree) {
  const taken = new Set(apps(tree).map((app) => readJson(tree, `apps/${app}/package.json`).interject?.managementPort));
  let port = FIRST_PORT;
  while (taken.has(port)) port += 1;
  return port;
}

/**
 * Two workers that offer one tool would take each other's calls.
 * @param {Tree} tree
 * @param {string} tool
 * @param {string} [advice] how to name it otherwise
 * @throws {NameError} if a worker of the workspace has it
 */
export function assertToolIsFree(tree, tool, advice = '') {
  const file = toolFiles(tree).get(tool);
  if (file !== undefined) {
    throw new NameError(`There is a tool ${tool} already, in ${file}. Name this one otherwise${advice}.`);
  }
}

/**
 * Tools of the workspace and the files that have them.
 * @param {Tree} tree
 * @returns {Map<string, string>}
 */
export function toolFiles(tree) {
  /** @type {Map<string, string>} */
  const found = new Map();
  visitNotIgnoredFiles(tree, 'apps', (file) => {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) return;
    const source = readText(tree, file);
    if (!source.includes('@ToolHandler(')) return;
    for (const name of namesOfHandlers(file, source)) found.set(name, file);
  });
  const demo = 'tools/demo/http-tools.yaml';
  for (const [, name = ''] of tree.read(demo, 'utf8')?.matchAll(/^\s*- name: ([\w-]+)\s*$/gm) ?? []) {
    found.set(name, demo);
  }
  return found;
}

/**
 * @param {string} file
 * @param {string} source
 * @returns {string[]} `name` of each `@ToolHandler({ name: '...' })`
 */
function namesOfHandlers(file, source) {
  /** @type {string[]} */
  const names = [];
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isDecorator(node) && ts.isCallExpression(node.expression)) {
      const { expression: called, arguments: args } = node.expression;
      const [options] = args;
      if (
        ts.isIdentifier(called) &&
        called.text === 'ToolHandler' &&
        options &&
        ts.isObjectLiteralExpression(options)
      ) {
        for (const property of options.properties) {
          const isName = ts.isPropertyAssignment(property) && property.name.getText() === 'name';
          if (isName && ts.isStringLiteralLike(property.initializer)) names.push(property.initializer.text);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return names;
}
