import {
  Buckets,
  HEARTBEAT_LATE_MS,
  isContractError,
  parseJson,
  ToolDefinition,
  WorkerHeartbeat,
} from '@interject/contracts';
import type { BucketName } from '@interject/contracts';
import type { KvEntry } from '@interject/messaging';
import type { Installation } from '../installation.js';
import type { InterjectPorts } from '../interject-ports.js';

/** A process that runs a tool. */
export interface Replica {
  readonly worker: string;
  readonly replica: string;
  readonly version: string;
}

/** A tool, who runs it, and what is odd about that. */
export interface ToolReport {
  readonly name: string;
  /** Worker and version whose definition is registered. */
  readonly worker: string;
  readonly version: string;
  readonly replicas: readonly Replica[];
  readonly conflicts: readonly string[];
}

export interface RegistryReport {
  readonly tools: readonly ToolReport[];
  /** Keys whose entries this version cannot read. */
  readonly unreadable: readonly string[];
}

/** What is registered, and who runs it just now. @throws MessagingError */
export async function registryReport(it: Installation, { clock }: InterjectPorts): Promise<RegistryReport> {
  const { kv } = it.operator;
  const [tools, workers, leases] = await Promise.all([
    kv.bucket(Buckets.Tools).entries(),
    kv.bucket(Buckets.Workers).entries(),
    kv.bucket(Buckets.Leases).entries(),
  ]);
  const unreadable: string[] = [];
  // The broker's clock: a lease is never older than 3 s, and heartbeats may be a minute old.
  const now = Math.max(...[...leases, ...workers].map(({ storedAt }) => storedAt), leases.length > 0 ? 0 : clock.now());
  const heartbeats = workers
    .filter(({ storedAt }) => now - storedAt <= HEARTBEAT_LATE_MS)
    .flatMap((entry) => readAs(WorkerHeartbeat, Buckets.Workers, entry, unreadable));
  const definitions = tools.flatMap((entry) => readAs(ToolDefinition, Buckets.Tools, entry, unreadable));
  const reports = definitions.map(({ name, worker, version }): ToolReport => {
    const replicas = heartbeats.flatMap((one) =>
      one.tools
        .filter((tool) => tool.name === name)
        .map((tool) => ({ worker: one.worker, replica: one.replica, version: tool.version })),
    );
    return { name, worker, version, replicas, conflicts: conflictsOf(replicas) };
  });
  return { tools: reports.sort((a, b) => (a.name < b.name ? -1 : 1)), unreadable };
}

/** The same two as the gateway's: workers of several names, several versions of one worker. */
export function conflictsOf(replicas: readonly Replica[]): readonly string[] {
  const versions = new Map<string, Set<string>>();
  for (const { worker, version } of replicas) {
    versions.set(worker, (versions.get(worker) ?? new Set<string>()).add(version));
  }
  const differing = [...versions].filter(([, ofWorker]) => ofWorker.size > 1);
  return [
    ...(versions.size > 1 ? [`several workers offer it: ${[...versions.keys()].sort().join(', ')}`] : []),
    ...differing.map(([worker, of]) => `replicas of ${worker} run several versions: ${[...of].sort().join(', ')}`),
  ];
}

function readAs<T extends object>(
  contract: new () => T,
  bucket: BucketName,
  { key, value }: KvEntry,
  unreadable: string[],
): T[] {
  try {
    return [parseJson(contract, value)];
  } catch (error) {
    if (!isContractError(error)) throw error;
    unreadable.push(`${bucket}/${key}`);
    return [];
  }
}
