import { join } from 'node:path';
import { FsTree } from 'nx/src/generators/tree';

/** The repository itself, as a generator sees it: what is written stays in memory. */
export function repositoryTree() {
  return new FsTree(join(import.meta.dirname, '../../../..'), false);
}

/**
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} path
 * @returns {string}
 */
export function textOf(tree, path) {
  const text = tree.read(path, 'utf8');
  if (text === null) throw new Error(`${path} was not written.`);
  return text;
}
