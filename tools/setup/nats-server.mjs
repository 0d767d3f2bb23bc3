import { SetupError, say } from './console.mjs';
import { findProgram, installPackage } from './package-manager.mjs';

/**
 * Makes sure that there is a broker: `NATS_URL`, nats-server on the PATH, the platform's package manager, in this order.
 * @param {{ ignoreUrl?: boolean }} [options] `ignoreUrl`: the program itself is needed (tests start servers of their own)
 * @returns {Promise<string | undefined>} path of nats-server, undefined if `NATS_URL` names a running one
 * @throws {SetupError} that says how to get one
 */
export async function ensureNatsServer({ ignoreUrl = false } = {}) {
  if (!ignoreUrl && process.env['NATS_URL']?.trim()) return undefined;
  const present = findProgram('nats-server');
  if (present) return present;

  const fault = await installPackage({ apt: 'nats-server', brew: 'nats-server' });
  const installed = findProgram('nats-server');
  if (installed) {
    say(`nats-server is installed: ${installed}`);
    return installed;
  }
  throw new SetupError(
    [
      `Interject needs nats-server (2.9 or newer) and could not install it: ${fault ?? 'it is not on the PATH'}.`,
      'Get it in one of these ways, then start again:',
      '  Debian, Ubuntu:  sudo apt-get install nats-server',
      '  macOS:           brew install nats-server',
      '  elsewhere:       unpack a release of https://github.com/nats-io/nats-server/releases onto the PATH',
      ...(ignoreUrl
        ? []
        : [
            '  or use a running one with JetStream:  docker run -p 4222:4222 nats:2.12-alpine -js',
            '                                        and NATS_URL=nats://127.0.0.1:4222',
          ]),
    ].join('\n'),
  );
}
