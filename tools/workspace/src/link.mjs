import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { addToLockfile } from './lockfile.mjs';

/**
 * Makes a new project known to the installed tree as `npm install` would: the link in node_modules, and npm's own note of
 * what is there, by which `npm start` and `npm test` tell that nothing has to be installed. Does nothing before `npm ci`.
 * @param {string} root
 * @param {string} folder `apps/weather-worker`
 * @param {import('./lockfile.mjs').Manifest} manifest
 */
export function linkProject(root, folder, manifest) {
  const modules = join(root, 'node_modules');
  const note = join(modules, '.package-lock.json');
  /** @type {string} */
  let text;
  try {
    text = readFileSync(note, 'utf8');
  } catch {
    return;
  }
  const link = join(modules, manifest.name);
  mkdirSync(dirname(link), { recursive: true });
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link, { recursive: true });
  const isWindows = process.platform === 'win32';
  const target = isWindows ? join(root, folder) : relative(dirname(link), join(root, folder));
  symlinkSync(target, link, isWindows ? 'junction' : 'dir');
  const lock = JSON.parse(text);
  addToLockfile(lock, folder, manifest);
  writeFileSync(note, `${JSON.stringify(lock, null, 2)}\n`);
}
