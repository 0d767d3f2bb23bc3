import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, say } from './console.mjs';
import { installPackage } from './package-manager.mjs';

const DEBIAN_VERSIONS = '/usr/lib/postgresql';

/**
 * Makes sure that PostgreSQL's server programs are there. Only tests need them: the race and kill tests of the
 * appointments worker run against a real server.
 * @throws {SetupError} that says how to get it
 */
export async function ensurePostgres() {
  if (hasServerPrograms()) return;
  const fault = await installPackage({ apt: 'postgresql', brew: 'postgresql@17' });
  if (hasServerPrograms()) {
    say('PostgreSQL is installed');
    return;
  }
  throw new SetupError(
    [
      `The tests need PostgreSQL's server and could not install it: ${fault ?? 'initdb was not found'}.`,
      'Get it in one of these ways, then start again:',
      '  Debian, Ubuntu:  sudo apt-get install postgresql',
      '  macOS:           brew install postgresql@17, and put its bin folder on the PATH',
    ].join('\n'),
  );
}

/** Debian keeps them off the PATH, in a folder for each major version; elsewhere pg_config knows where they are. */
function hasServerPrograms() {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS) : [];
  const folders = versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin'));
  const configured = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  if (configured.status === 0) folders.push(configured.stdout.trim());
  return folders.some((folder) => existsSync(join(folder, 'initdb')));
}
