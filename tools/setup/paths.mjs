import { join, resolve } from 'node:path';

/** Root of the repository. */
export const root = join(import.meta.dirname, '../..');

/** Where a running system keeps its broker's store, logs and the secrets of the demo. */
export function stateDirectory() {
  return resolve(root, process.env['INTERJECT_STATE_DIR']?.trim() || '.interject');
}

/** Written while a demo runs: what `npm run call` needs to reach it. */
export function demoFile() {
  return join(stateDirectory(), 'demo.env');
}

/** Entry point of an installed package, run with `node` so that no shell or file mode matters. */
export const binaries = {
  tsc: join(root, 'node_modules/typescript/bin/tsc'),
  jest: join(root, 'node_modules/jest/bin/jest.js'),
  nx: join(root, 'node_modules/nx/dist/bin/nx.js'),
};
