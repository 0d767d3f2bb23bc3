import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from './console.mjs';
import { binaries, root } from './paths.mjs';
import { run } from './run.mjs';

/** Projects that run: every app and every compiled tool. What they refer to is built before them. */
function runnableProjects() {
  return [...configurations('apps', 'tsconfig.app.json'), ...configurations('tools', 'tsconfig.lib.json')];
}

/**
 * @param {string} folder
 * @param {string} name
 */
function configurations(folder, name) {
  return readdirSync(join(root, folder))
    .map((project) => join(folder, project, name))
    .filter((file) => existsSync(join(root, file)));
}

/**
 * Compiles what is out of date.
 * @param {{ quiet?: boolean, projects?: string[] }} [options] `quiet`: say nothing when all went well; `projects`: these
 *   and what they refer to, instead of all that run
 * @throws {SetupError} if the sources have errors (they are printed)
 */
export async function ensureBuilt({ quiet = false, projects = runnableProjects() } = {}) {
  // An image holds what was built, and no compiler.
  if (!existsSync(binaries.tsc)) return;
  const started = performance.now();
  // A first build takes most of a minute; an up-to-date one half a second.
  const isFirst = !existsSync(join(root, 'libs/contracts/dist/index.js'));
  if (isFirst) say('building ...');
  const { code } = await run(process.execPath, [binaries.tsc, '--build', ...projects]);
  if (code !== 0) throw new SetupError('The build failed: mend the errors above, then start again.');
  if (!quiet)
    say(`${isFirst ? 'built' : 'build is up to date'} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
