import { DiscardPolicy, nanos, RetentionPolicy, StorageType } from 'nats';
import type { StreamConfig } from 'nats';
import { Buckets, Streams, StreamSubjects } from '@interject/contracts';
import type { BucketName, StreamName } from '@interject/contracts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIB = 1024 * 1024;
/** JetStream's own window for `Nats-Msg-Id`; repeats that come later are caught by the expected sequence. */
const DUPLICATE_WINDOW_MS = 2 * MINUTE;

/** Key in the bucket `settings`: how many partitions this installation has. */
export const PARTITIONS_KEY = 'partitions';

/** How long a lease lives when its owner is gone. */
export const LEASE_TTL_MS = 3000;

/** Shape of the streams; raise it with every change below that services of an older version must not undo. */
export const TOPOLOGY_REVISION = 1;

/** Together the file limits of a fresh installation, unless NATS_STORE_GIB says another (docs/guides/nats.md). */
export const DEFAULT_STORE_BYTES = 3 * 1024 * MIB;

/** A file limit is a share of the store, so that the streams of a usual load fill up together (docs/guides/nats.md). */
type Limit = { readonly share: number } | { readonly bytes: number };

interface Kept {
  readonly maxAgeMs: number;
  readonly limit: Limit;
  readonly storage: StorageType;
  readonly discard: DiscardPolicy;
}

const { File, Memory } = StorageType;

const STREAMS: Readonly<Record<StreamName, Kept>> = {
  [Streams.ToolCalls]: { maxAgeMs: DAY, limit: { share: 0.14 }, storage: File, discard: DiscardPolicy.New },
  [Streams.CallEvents]: { maxAgeMs: DAY, limit: { share: 0.33 }, storage: File, discard: DiscardPolicy.New },
  [Streams.Floor]: { maxAgeMs: 5 * MINUTE, limit: { bytes: 64 * MIB }, storage: Memory, discard: DiscardPolicy.Old },
  [Streams.Utterances]: { maxAgeMs: DAY, limit: { share: 0.27 }, storage: File, discard: DiscardPolicy.New },
  [Streams.DeadLetters]: { maxAgeMs: 30 * DAY, limit: { share: 0.06 }, storage: File, discard: DiscardPolicy.New },
};

const BUCKETS: Readonly<Record<BucketName, Omit<Kept, 'discard'>>> = {
  // A worker that runs renews its definitions every day: what nobody offers any more goes in the end.
  [Buckets.Tools]: { maxAgeMs: 7 * DAY, limit: { bytes: 16 * MIB }, storage: File },
  // In memory, so that a full store does not stop the renewal of leases.
  [Buckets.Leases]: { maxAgeMs: LEASE_TTL_MS, limit: { bytes: 1 * MIB }, storage: Memory },
  // 160 bytes for each sync or guarded tool call.
  [Buckets.Ledger]: { maxAgeMs: DAY, limit: { share: 0.05 }, storage: File },
  [Buckets.Control]: { maxAgeMs: DAY, limit: { share: 0.03 }, storage: File },
  [Buckets.Calls]: { maxAgeMs: DAY, limit: { share: 0.11 }, storage: File },
  // In memory: a replica writes its entry anew every few seconds.
  [Buckets.Workers]: { maxAgeMs: MINUTE, limit: { bytes: 8 * MIB }, storage: Memory },
  [Buckets.Settings]: { maxAgeMs: 0, limit: { bytes: 1 * MIB }, storage: File },
};

/** What an operator may set (NATS_REPLICAS, NATS_STORE_GIB). */
export interface TopologySettings {
  /** Copies of each stream. */
  readonly replicas: number;
  /** Together the file limits that grow with the load. */
  readonly storeBytes: number;
}

/** Of a stream or bucket: all that services agree on. */
export type StreamShape = Partial<StreamConfig> &
  Pick<StreamConfig, 'name' | 'subjects' | 'storage' | 'retention' | 'max_bytes' | 'num_replicas'>;

/** Name of the stream behind a KV bucket (NATS ADR-8). */
export function bucketStream(bucket: BucketName): string {
  return `KV_${bucket}`;
}

/** Subject of a key in a KV bucket (NATS ADR-8). */
export function bucketSubject(bucket: BucketName, key: string): string {
  return `$KV.${bucket}.${key}`;
}

/** The stream that stores a subject. @throws TypeError for a subject of no stream */
export function streamOf(subject: string): StreamName {
  const family = subject.slice(0, subject.indexOf('.') + 1);
  const found = Object.values(Streams).find((name) => StreamSubjects[name].some((one) => one.startsWith(family)));
  if (family === '' || found === undefined) throw new TypeError(`No stream stores ${subject}.`);
  return found;
}

/** Name of the JetStream stream that a stream or bucket is. */
export function storeStream(store: StreamName | BucketName): string {
  const isStream = Object.values<string>(Streams).includes(store);
  return isStream ? store : bucketStream(store as BucketName);
}

/** Every stream and bucket, as JetStream configurations. Features of nats-server 2.9 only. */
export function topology(settings: TopologySettings): StreamShape[] {
  const streams = Object.values(Streams).map((name) => ({
    ...kept(STREAMS[name], settings),
    name,
    subjects: [...StreamSubjects[name]],
    discard: STREAMS[name].discard,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  }));
  const buckets = Object.values(Buckets).map((bucket) => ({
    ...kept(BUCKETS[bucket], settings),
    name: bucketStream(bucket),
    subjects: [bucketSubject(bucket, '>')],
    discard: DiscardPolicy.New,
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: true,
    deny_delete: true,
    allow_direct: true,
    duplicate_window: nanos(Math.min(DUPLICATE_WINDOW_MS, BUCKETS[bucket].maxAgeMs || DUPLICATE_WINDOW_MS)),
  }));
  return [...streams, ...buckets];
}

/** What the server reserves for these streams, bytes on each server that keeps a copy. */
export function reservedBytes(shapes: readonly StreamShape[], storage: StorageType): number {
  return shapes.filter((shape) => shape.storage === storage).reduce((sum, { max_bytes }) => sum + max_bytes, 0);
}

/** The revision that made a stream, 0 for one that says nothing of it. */
export function revisionOf({ description }: Pick<StreamConfig, 'description'>): number {
  return Number(/^Interject, revision (\d+)$/.exec(description ?? '')?.[1] ?? 0);
}

function kept(
  rule: Omit<Kept, 'discard'>,
  { replicas, storeBytes }: TopologySettings,
): Pick<StreamConfig, 'retention' | 'storage' | 'max_age' | 'max_bytes' | 'num_replicas' | 'description'> {
  const { limit } = rule;
  return {
    description: `Interject, revision ${String(TOPOLOGY_REVISION)}`,
    retention: RetentionPolicy.Limits,
    storage: rule.storage,
    max_age: nanos(rule.maxAgeMs),
    max_bytes: 'share' in limit ? Math.round((limit.share * storeBytes) / MIB) * MIB : limit.bytes,
    num_replicas: replicas,
  };
}
