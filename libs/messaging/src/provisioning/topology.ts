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

interface Kept {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly storage: StorageType;
  readonly discard: DiscardPolicy;
}

const { File, Memory } = StorageType;

/** Together 2.9 GB on file: the server reserves them, and refuses to start us when it has less. */
const STREAMS: Readonly<Record<StreamName, Kept>> = {
  [Streams.ToolCalls]: { maxAgeMs: DAY, maxBytes: 512 * MIB, storage: File, discard: DiscardPolicy.New },
  [Streams.CallEvents]: { maxAgeMs: DAY, maxBytes: 1024 * MIB, storage: File, discard: DiscardPolicy.New },
  [Streams.Floor]: { maxAgeMs: 5 * MINUTE, maxBytes: 64 * MIB, storage: Memory, discard: DiscardPolicy.Old },
  [Streams.Utterances]: { maxAgeMs: DAY, maxBytes: 512 * MIB, storage: File, discard: DiscardPolicy.New },
  [Streams.DeadLetters]: { maxAgeMs: 30 * DAY, maxBytes: 256 * MIB, storage: File, discard: DiscardPolicy.New },
};

const BUCKETS: Readonly<Record<BucketName, Omit<Kept, 'discard'>>> = {
  // A worker that runs renews its definitions every day: what nobody offers any more goes in the end.
  [Buckets.Tools]: { maxAgeMs: 7 * DAY, maxBytes: 16 * MIB, storage: File },
  // In memory, so that a full store does not stop the renewal of leases.
  [Buckets.Leases]: { maxAgeMs: LEASE_TTL_MS, maxBytes: 1 * MIB, storage: Memory },
  // 160 bytes for each sync or guarded tool call: 19 of them a second, day and night.
  [Buckets.Ledger]: { maxAgeMs: DAY, maxBytes: 256 * MIB, storage: File },
  [Buckets.Control]: { maxAgeMs: DAY, maxBytes: 64 * MIB, storage: File },
  [Buckets.Calls]: { maxAgeMs: DAY, maxBytes: 256 * MIB, storage: File },
  // In memory: a replica writes its entry anew every few seconds.
  [Buckets.Workers]: { maxAgeMs: MINUTE, maxBytes: 8 * MIB, storage: Memory },
  [Buckets.Settings]: { maxAgeMs: 0, maxBytes: 1 * MIB, storage: File },
};

/** Name of the stream behind a KV bucket (NATS ADR-8). */
export function bucketStream(bucket: BucketName): string {
  return `KV_${bucket}`;
}

/** Subject of a key in a KV bucket (NATS ADR-8). */
export function bucketSubject(bucket: BucketName, key: string): string {
  return `$KV.${bucket}.${key}`;
}

/** Every stream and bucket, as JetStream configurations. Features of nats-server 2.9 only. */
export function topology(replicas: number): Partial<StreamConfig>[] {
  const streams = Object.values(Streams).map((name) => ({
    ...kept(STREAMS[name], replicas),
    name,
    subjects: [...StreamSubjects[name]],
    discard: STREAMS[name].discard,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  }));
  const buckets = Object.values(Buckets).map((bucket) => ({
    ...kept(BUCKETS[bucket], replicas),
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

function kept(rule: Omit<Kept, 'discard'>, replicas: number): Partial<StreamConfig> {
  return {
    retention: RetentionPolicy.Limits,
    storage: rule.storage,
    max_age: nanos(rule.maxAgeMs),
    max_bytes: rule.maxBytes,
    num_replicas: replicas,
  };
}
