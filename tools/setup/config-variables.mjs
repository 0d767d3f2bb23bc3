import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * Variables that config classes below a folder of the repository read, as they stand there, and whether they are secrets: those
 * have a `<variable>_FILE`.
 * @param {string} folder
 * @returns {Map<string, boolean>}
 */
export function configVariables(folder) {
  const below = join(root, folder);
  const names = new Map();
  for (const file of readdirSync(below, { recursive: true, encoding: 'utf8' })) {
    if (!/(^|\/)src\/.*\.config\.ts$/.test(file)) continue;
    const source = readFileSync(join(below, file), 'utf8');
    for (const [, name = '', options = ''] of source.matchAll(/@Env\('([^']+)'(?:, \{([^}]*)\})?/g)) {
      names.set(name, options.includes('secret: true'));
    }
  }
  return names;
}
