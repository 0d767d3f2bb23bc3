import { SetupError, say } from './console.mjs';
import { findProgram, installPackage } from './package-manager.mjs';

/**
 * Makes sure that prometheus and promtool are there. Only slow tests need them: rules and the queries of the dashboard are
 * run on the real thing.
 * @throws {SetupError} that says how to get them
 */
export async function ensurePrometheus() {
  if (isThere()) return;
  const fault = await installPackage({ apt: 'prometheus', brew: 'prometheus' });
  if (isThere()) {
    say('prometheus and promtool are installed');
    return;
  }
  throw new SetupError(
    [
      `The slow tests need prometheus and promtool and could not install them: ${fault ?? 'they are not on the PATH'}.`,
      'Get them in one of these ways, then start again:',
      '  Debian, Ubuntu:  sudo apt-get install prometheus',
      '  macOS:           brew install prometheus',
      '  elsewhere:       unpack a release of https://github.com/prometheus/prometheus/releases onto the PATH',
    ].join('\n'),
  );
}

function isThere() {
  return findProgram('prometheus') !== undefined && findProgram('promtool') !== undefined;
}
