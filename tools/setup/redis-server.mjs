import { SetupError, say } from './console.mjs';
import { findProgram, installPackage } from './package-manager.mjs';

/**
 * Makes sure that redis-server is there. Only the bench needs it, for the system that it is compared with.
 * @returns {Promise<string>} its path
 * @throws {SetupError} that says how to get it, or how to do without
 */
export async function ensureRedisServer() {
  const present = findProgram('redis-server');
  if (present) return present;

  const fault = await installPackage({ apt: 'redis-server', brew: 'redis' });
  const installed = findProgram('redis-server');
  if (installed) {
    say(`redis-server is installed: ${installed}`);
    return installed;
  }
  throw new SetupError(
    [
      `The bench compares with Express and BullMQ, which need redis-server: ${fault ?? 'it is not on the PATH'}.`,
      'Get it in one of these ways, then start again:',
      '  Debian, Ubuntu:  sudo apt-get install redis-server',
      '  macOS:           brew install redis',
      '  or leave that system out:  npm run bench -- pipeline --systems floor,interject,floor-again',
    ].join('\n'),
  );
}
