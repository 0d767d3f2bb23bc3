import { isMessagingError } from '@interject/messaging';
import type { ServerFacts, StoreFacts } from '@interject/messaging';
import { fail, ok, warn } from '../finding.js';
import type { Finding } from '../finding.js';
import { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';

const OLDEST = [2, 9] as const;
/** What the largest message of Interject needs (libs/messaging, server-fitness); NATS' own default is 1 MB. */
const NEEDED_PAYLOAD = 640 * 1024;

/** Whether NATS is there, fits, and has room. */
export async function natsFindings(
  ports: InterjectPorts,
  wantedReplicas: number | undefined,
): Promise<readonly Finding[]> {
  try {
    return await Installation.use(ports, async (it) => {
      const { inspector } = it.operator;
      const [server, stores] = await Promise.all([inspector.server(), inspector.stores()]);
      return [...fitness(server), replicaFinding(stores, wantedReplicas), roomFinding(server, stores)];
    });
  } catch (error) {
    if (!isMessagingError(error)) throw error;
    return [fail('NATS', error.message, adviceFor(error.code))];
  }
}

function adviceFor(code: string): string {
  switch (code) {
    case 'disconnected':
      return 'Start nats-server with JetStream, or correct NATS_URL.';
    case 'not-permitted':
      return 'Set NATS_USER=operator and its NATS_PASSWORD (docs/guides/nats.md, "Access").';
    case 'not-installed':
      return 'Start the services once: they make the streams.';
    default:
      return 'Look at the log of nats-server; JetStream has to be on.';
  }
}

/** @internal for its spec */
export function fitness({ version, maxPayloadBytes }: ServerFacts): readonly Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return [
    isOld
      ? fail('NATS', `nats-server ${version}`, 'Interject needs 2.9 or newer.')
      : ok('NATS', `nats-server ${version} is reached, and we may log in`),
    maxPayloadBytes < NEEDED_PAYLOAD
      ? fail(
          'NATS payload',
          `${String(maxPayloadBytes)} bytes at most`,
          'Set max_payload of the server to 1MB, its default.',
        )
      : ok('NATS payload', `${String(maxPayloadBytes)} bytes at most`),
  ];
}

/** @internal for its spec */
export function replicaFinding(stores: readonly StoreFacts[], wanted: number | undefined): Finding {
  const fewest = Math.min(...stores.map(({ replicas }) => replicas));
  const behind = stores.filter(({ replicasBehind }) => replicasBehind > 0).length;
  if (behind > 0) {
    return fail(
      'NATS copies',
      `${String(behind)} streams miss a copy`,
      'A server of the cluster is away or behind: bring it back.',
    );
  }
  if (wanted !== undefined && fewest < wanted) {
    const text = `${String(fewest)} of each stream, NATS_REPLICAS is ${String(wanted)}`;
    return warn('NATS copies', text, 'Restart a gateway or notifier with NATS_REPLICAS set: it raises them.');
  }
  return fewest > 1
    ? ok('NATS copies', `${String(fewest)} of each stream`)
    : warn('NATS copies', 'one of each stream', 'With its disk all is lost. For three, see docs/guides/nats.md.');
}

/** @internal for its spec */
export function roomFinding({ storeLimitBytes }: ServerFacts, stores: readonly StoreFacts[]): Finding {
  const wanted = stores.filter(({ isFile }) => isFile).reduce((sum, { limitBytes }) => sum + limitBytes, 0);
  const text = `the streams may take ${gib(wanted)}`;
  if (storeLimitBytes === undefined) return ok('NATS room', `${text}; the server sets no limit but its disk`);
  return wanted > storeLimitBytes
    ? fail(
        'NATS room',
        `${text}, the server gives ${gib(storeLimitBytes)}`,
        'Raise max_file_store, or lower NATS_STORE_GIB.',
      )
    : ok('NATS room', `${text} of ${gib(storeLimitBytes)}`);
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
