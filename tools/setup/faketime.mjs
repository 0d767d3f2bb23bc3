import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './console.mjs';
import { installPackage } from './package-manager.mjs';

const LIBRARY = 'faketime/libfaketime.so.1';

/**
 * Makes sure that processes can be started with another clock. Only the fault suite wants it, for its clock skew; where it
 * cannot be had (macOS forbids what it does), those faults say so and are left out.
 */
export async function ensureFaketime() {
  if (process.platform !== 'linux' || hasLibrary()) return;
  const fault = await installPackage({ apt: 'faketime', brew: 'libfaketime' });
  say(
    hasLibrary() ? 'libfaketime is installed' : `no libfaketime, clocks are not skewed: ${fault ?? 'it was not found'}`,
  );
}

/** Debian puts it into the folder of the processor's architecture. */
function hasLibrary() {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'];
  const all = folders.flatMap((folder) => [folder, ...subfolders(folder)]);
  return all.some((folder) => existsSync(join(folder, LIBRARY)));
}

/** @param {string} folder */
function subfolders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(folder, name));
}
