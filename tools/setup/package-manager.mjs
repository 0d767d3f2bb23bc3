import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { say } from './console.mjs';
import { run, succeeds } from './run.mjs';

/** Places of servers that are not on every user's PATH. */
const MORE_PLACES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/homebrew/sbin'];

/**
 * Path of a program on the PATH or in the usual places beside it.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const places = [...(process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== ''), ...MORE_PLACES];
  return places.map((place) => join(place, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Installs a package with the platform's package manager.
 * @param {{ apt: string, brew: string }} names
 * @returns {Promise<string | undefined>} why it did not work, undefined if it did
 */
export async function installPackage(names) {
  if (findProgram('apt-get')) return installWithApt(names.apt);
  const brew = findProgram('brew');
  if (brew) {
    say(`installing ${names.brew} (brew) ...`);
    const { code } = await run(brew, ['install', names.brew]);
    return code === 0 ? undefined : `brew install ${names.brew} failed, see above`;
  }
  return 'there is neither apt-get nor brew';
}

/**
 * @param {string} name
 * @returns {Promise<string | undefined>}
 */
async function installWithApt(name) {
  const asRoot = rootPrefix();
  if (!asRoot) return 'apt-get needs root, and sudo would ask for a password';
  const [file, ...prefix] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  if (file === undefined) return undefined;
  say(`installing ${name} (apt-get) ...`);
  // Without an update a fresh container knows no packages; if it fails, what is known may still do.
  await run(file, [...prefix, 'update', '-qq']);
  const { code } = await run(file, [...prefix, 'install', '-y', '-qq', '--no-install-recommends', name]);
  return code === 0 ? undefined : `apt-get install ${name} failed, see above`;
}

/**
 * What makes us root: nothing if we are, sudo if it works without a password or somebody is there to type it.
 * @returns {string[] | undefined}
 */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (!sudo) return undefined;
  return process.stdin.isTTY || succeeds(sudo, ['-n', 'true']) ? [sudo] : undefined;
}
