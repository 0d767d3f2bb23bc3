import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from './console.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

const OLDEST_NODE = { major: 20, minor: 19 };

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, peer?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage | undefined> }} Lockfile
 */

/**
 * @param {string} version as in `process.versions.node`
 * @throws {SetupError} if it is older than what the services need
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor)) return;
  throw new SetupError(
    `Interject needs Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer, this is ${version}. ` +
      'Install a current one (https://nodejs.org, or `nvm install` in this folder).',
  );
}

/**
 * Whether the tree that npm last wrote has every package of the lockfile in its version. Packages for other platforms
 * are optional and need not be there.
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} present node_modules/.package-lock.json
 */
export function isSatisfied(wanted, present) {
  return Object.entries(wanted.packages ?? {}).every(([path, { version, link, optional } = {}]) => {
    if (!path.includes('node_modules/')) return true;
    const found = present.packages?.[path];
    return found === undefined ? optional === true : link === true || found.version === version;
  });
}

/** Installs the dependencies with `npm ci` when they are missing or package-lock.json says something else by now. */
export async function ensureInstalled() {
  checkNode(process.versions.node);
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  // Native packages differ by platform and by Node's binary interface.
  const platform = `${process.platform} ${process.arch} ${process.versions.modules}`;
  const wantedStamp = `${platform}\n${createHash('sha256').update(lockText).digest('hex')}\n`;
  const stampFile = join(root, 'node_modules/.interject-install');
  const stamp = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
  if (stamp === wantedStamp) return;

  const isForeign = stamp !== undefined && !stamp.startsWith(`${platform}\n`);
  if (isForeign || !wasInstalledByHand(JSON.parse(lockText))) {
    say('installing dependencies (npm ci) ...');
    const started = performance.now();
    const { code } = await run(...npm(['ci', '--include=dev', '--no-audit', '--no-fund']));
    if (code !== 0) {
      throw new SetupError(`npm ci failed (exit code ${code}), see above. Interject needs its dependencies to start.`);
    }
    say(`dependencies installed in ${seconds(started)} s`);
  }
  writeFileSync(stampFile, wantedStamp);
}

/**
 * Somebody ran `npm install`: the tree fits though we did not make it.
 * @param {Lockfile} wanted
 */
function wasInstalledByHand(wanted) {
  const file = join(root, 'node_modules/.package-lock.json');
  return existsSync(file) && isSatisfied(wanted, JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * The npm that runs us, if one does: there may be several.
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function npm(args) {
  const own = process.env['npm_execpath'];
  return own !== undefined && /npm-cli\.[cm]?js$/.test(own) ? [process.execPath, [own, ...args]] : ['npm', args];
}

/** @param {number} started */
function seconds(started) {
  return ((performance.now() - started) / 1000).toFixed(1);
}
