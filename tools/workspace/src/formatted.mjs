import { join } from 'node:path';
import * as prettier from 'prettier';
import { readText } from './workspace.mjs';

/**
 * Formats files as `npm run format` would.
 * @param {import('@nx/devkit').Tree} tree
 * @param {readonly string[]} files
 */
export async function format(tree, files) {
  const options = await prettier.resolveConfig(join(tree.root, 'package.json'), { editorconfig: true });
  for (const file of files) {
    tree.write(file, await prettier.format(readText(tree, file), { ...options, filepath: join(tree.root, file) }));
  }
}

/**
 * A text as a literal of TypeScript and of YAML.
 * @param {string} text
 */
export function quoted(text) {
  return text.includes("'") || text.includes('\\') ? JSON.stringify(text) : `'${text}'`;
}
