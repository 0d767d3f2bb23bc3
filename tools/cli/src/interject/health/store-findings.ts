import { Buckets, Streams } from '@interject/contracts';
import type { ConsumerFacts, ServerFacts, StoreFacts } from '@interject/messaging';
import { counted } from '../../table.js';
import { fail, ok, warn } from '../finding.js';
import type { Finding } from '../finding.js';

const NEARLY_FULL = 0.8;
const FULL = 0.95;
/** A slow answer of a healthy server in another zone takes a tenth of it. */
const SLOW_MS = 250;
/** Jobs that nobody has begun: a worker runs a hundred at a time. */
const MANY_PENDING = 1000;

/** The server that answers, and its store. */
export function serverFindings(server: ServerFacts): readonly Finding[] {
  const { version, roundTripMs, storeBytes, storeLimitBytes } = server;
  const text = `nats-server ${version} answers in ${roundTripMs.toFixed(1)} ms`;
  const connection =
    roundTripMs > SLOW_MS
      ? warn('NATS', text, 'Speech waits for it: look at the load of the server and the way to it.')
      : ok('NATS', text);
  if (storeLimitBytes === undefined) return [connection];
  const share = storeBytes / storeLimitBytes;
  const room = `${percent(share)} of ${mib(storeLimitBytes)} taken`;
  return [connection, levelled('NATS store', room, share, 'Raise max_file_store of the server (docs/guides/nats.md).')];
}

/** Whether the streams are there, have room, and have their copies. */
export function storeFindings(stores: readonly StoreFacts[]): readonly Finding[] {
  const found = new Set(stores.map(({ store }) => store));
  const missing = [...Object.values(Streams), ...Object.values(Buckets)].filter((store) => !found.has(store));
  const fills = stores.flatMap((each) => fillFinding(each) ?? []);
  const behind = stores.filter(({ replicasBehind }) => replicasBehind > 0).map(({ store }) => store);
  const fullest = stores.reduce((most, { bytes, limitBytes }) => Math.max(most, bytes / limitBytes), 0);
  return [
    ...(missing.length === 0
      ? []
      : [fail('streams', `missing: ${missing.join(', ')}`, 'Start a gateway or a notifier: they make them.')]),
    ...fills,
    ...(behind.length === 0
      ? []
      : [warn('copies', `behind or away: ${behind.join(', ')}`, 'A server of the cluster is lost: bring it back.')]),
    ...(missing.length + fills.length + behind.length === 0
      ? [ok('streams', `${String(stores.length)} there, the fullest at ${percent(fullest)}`)]
      : []),
  ];
}

function fillFinding({ store, bytes, limitBytes }: StoreFacts): Finding | undefined {
  // FLOOR and the buckets in memory forget by themselves.
  if (store === Streams.Floor || limitBytes <= 0) return undefined;
  const share = bytes / limitBytes;
  if (share < NEARLY_FULL) return undefined;
  const advice =
    store === Streams.DeadLetters
      ? 'Replay or discard letters: npm run dlq -- list'
      : 'Raise NATS_STORE_GIB (docs/guides/nats.md): a full stream turns webhooks away.';
  return levelled(store, `${percent(share)} of ${mib(limitBytes)} taken`, share, advice);
}

function levelled(what: string, text: string, share: number, advice: string): Finding {
  if (share >= FULL) return fail(what, text, advice);
  return share >= NEARLY_FULL ? warn(what, text, advice) : ok(what, text);
}

/** How far behind the consumers are. */
export function consumerFindings(consumers: readonly ConsumerFacts[]): readonly Finding[] {
  const findings = consumers.flatMap((each) => lagFinding(each) ?? []);
  if (findings.length > 0) return findings;
  const pending = consumers.reduce((sum, each) => sum + each.pending, 0);
  return [ok('consumers', `${counted(consumers.length, 'consumer')}, ${counted(pending, 'message')} to be taken`)];
}

function lagFinding({
  stream,
  consumer,
  pending,
  unacknowledged,
  waitingRequests,
}: ConsumerFacts): Finding | undefined {
  const text = `${consumer}: ${counted(pending, 'message')} of ${stream} wait, ${String(unacknowledged)} are in work`;
  if (pending > 0 && waitingRequests === 0 && unacknowledged === 0) {
    return fail('consumers', `${text}; nobody takes any`, 'Start the worker, or look at why it stands still.');
  }
  return pending > MANY_PENDING ? warn('consumers', text, 'Start more replicas of the worker.') : undefined;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function mib(bytes: number): string {
  return `${String(Math.round(bytes / 1024 / 1024))} MiB`;
}
