import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Buckets } from '@interject/contracts';
import type { BucketName, ToolDefinition } from '@interject/contracts';
import { KvStore } from '@interject/messaging';
import type { KvChange, KvWatchOptions, OrderedReader } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Clock, Readiness } from '@interject/runtime';
import { AttentiveTime } from './attentive-time.js';
import { BrokerTime } from './broker-time.js';
import { HeartbeatReader } from './heartbeat-reader.js';
import { RegistryMetrics } from './registry-metrics.js';
import { ToolCatalogue } from './tool-catalogue.js';
import type { RegisteredTool } from './tool-catalogue.js';
import { ToolConflicts } from './tool-conflicts.js';
import type { ConflictChange } from './tool-conflicts.js';
import { ConflictKinds } from './tool-state.types.js';
import type { ToolState, ToolStatus } from './tool-state.types.js';
import { WorkerLiveness } from './worker-liveness.js';

/** How often it is looked at what has changed by the mere passing of time. */
const LOOK_MS = 1000;

/**
 * Knows every tool of KV `tools` and the workers of KV `workers`, as they are now: a worker's registration reaches all
 * gateways without a restart, and so does its death.
 */
@Injectable()
export class ToolRegistry implements OnModuleInit, OnApplicationShutdown {
  private readonly catalogue: ToolCatalogue;
  private readonly heartbeats: HeartbeatReader;
  private readonly time: AttentiveTime;
  private readonly brokerTime: BrokerTime;
  private readonly liveness = new WorkerLiveness();
  private readonly conflicts = new Map<string, ToolConflicts>();
  /** As it was last told. */
  private readonly statuses = new Map<string, ToolStatus>();
  private watches: readonly OrderedReader[] = [];
  private timer: unknown;
  private isStopped = false;

  constructor(
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(RegistryMetrics) private readonly metrics: RegistryMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {
    this.catalogue = new ToolCatalogue(log);
    this.heartbeats = new HeartbeatReader(log);
    this.time = new AttentiveTime(() => clock.monotonic());
    this.brokerTime = new BrokerTime(() => clock.monotonic());
  }

  async onModuleInit(): Promise<void> {
    // Only tools whose calls are taken: whoever waits for a worker's tools waits for its heartbeat too.
    this.readiness.register('tools', () => ({
      status: 'up',
      names: this.names().filter((name) => this.status(name) !== 'no-worker'),
    }));
    this.watches = await Promise.all([
      this.follow(Buckets.Tools, {
        onEntry: (entry) => {
          this.takeDefinition(entry);
        },
        onRestart: ({ isNewStream }) => {
          if (isNewStream) this.catalogue.bucketMadeAnew(this.time.now());
        },
      }),
      this.follow(Buckets.Workers, {
        onEntry: (entry) => {
          this.takeHeartbeat(entry);
        },
        onHeard: () => {
          this.time.heard();
        },
        onRestart: () => {
          this.brokerTime.forget();
          this.liveness.allJustSeen(this.time.now());
        },
      }),
    ]);
    this.liveness.allJustSeen(this.time.now());
    this.lookAgainAndAgain();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.clock.clearTimeout(this.timer);
    await Promise.all(this.watches.map(async (watch) => watch.stop()));
  }

  find(name: string): RegisteredTool | undefined {
    return this.catalogue.find(name);
  }

  /** Whether calls of the tool find somebody: a worker that is being restarted counts, a dead one does not. */
  hasWorker(name: string): boolean {
    return this.status(name) !== 'no-worker';
  }

  /** The broker's clock by the last heartbeat; undefined when none was heard. Milliseconds since the epoch, never ahead. */
  brokerNow(): number | undefined {
    return this.brokerTime.now();
  }

  /** Sorted names of all tools. */
  names(): string[] {
    return this.catalogue.names();
  }

  definitions(): ToolDefinition[] {
    return this.names().flatMap((name) => this.find(name)?.definition ?? []);
  }

  /** All there is to know, sorted by name. */
  states(): ToolState[] {
    const replicas = this.look();
    return this.definitions().map((definition) => ({
      name: definition.name,
      status: this.status(definition.name),
      definition,
      replicas: replicas.get(definition.name) ?? [],
      conflicts: this.conflicts.get(definition.name)?.current ?? [],
    }));
  }

  private status(name: string): ToolStatus {
    return this.liveness.status(name, this.time.now());
  }

  /** @returns the watch, when all that was there is taken */
  private async follow(bucket: BucketName, options: KvWatchOptions): Promise<OrderedReader> {
    return new Promise((resolve, reject) => {
      const watch = this.kv.bucket(bucket).watch({
        ...options,
        onCaughtUp: () => {
          watch.then(resolve, reject);
        },
      });
      watch.catch(reject);
    });
  }

  private takeDefinition(entry: KvChange): void {
    if (entry.deleted) {
      this.catalogue.remove(entry.key);
      this.liveness.toolRemoved(entry.key);
      return;
    }
    const definition = this.catalogue.put(entry);
    if (definition !== undefined) this.liveness.toolRegistered(definition.name, this.time.now());
  }

  private takeHeartbeat(entry: KvChange): void {
    this.brokerTime.heard(entry.storedAt);
    if (entry.deleted) {
      this.liveness.left(entry.key, this.time.now());
      return;
    }
    const heartbeat = this.heartbeats.read(entry);
    if (heartbeat !== undefined) this.liveness.heard(heartbeat, this.time.now(), this.clock.now());
  }

  private lookAgainAndAgain(): void {
    if (this.isStopped) return;
    this.look();
    this.timer = this.clock.setTimeout(() => {
      this.lookAgainAndAgain();
    }, LOOK_MS);
  }

  /** Brings conflicts, metrics and log up to date. */
  private look(): ReturnType<WorkerLiveness['survey']> {
    const time = this.time.now();
    for (const name of this.catalogue.dropUnconfirmed(time)) this.liveness.toolRemoved(name);
    const replicas = this.liveness.survey(time);
    const { toolReplicas, toolConflicts } = this.metrics;
    toolReplicas.reset();
    toolConflicts.reset();
    const names = this.names();
    for (const tool of names) {
      const own = replicas.get(tool) ?? [];
      const conflicts = this.conflicts.get(tool) ?? new ToolConflicts();
      this.conflicts.set(tool, conflicts);
      const schemaOf = this.catalogue.schemaOf.bind(this.catalogue, tool);
      for (const change of conflicts.look(own, schemaOf, this.clock.now())) this.tell(tool, change);
      this.tellStatus(tool, this.liveness.status(tool, time));
      toolReplicas.set({ tool }, own.length);
      for (const kind of ConflictKinds) {
        toolConflicts.set({ tool, kind }, conflicts.current.some((conflict) => conflict.kind === kind) ? 1 : 0);
      }
    }
    const known = new Set(names);
    for (const tool of this.statuses.keys()) {
      if (known.has(tool)) continue;
      this.statuses.delete(tool);
      this.conflicts.delete(tool);
    }
    return replicas;
  }

  private tellStatus(tool: string, status: ToolStatus): void {
    const before = this.statuses.get(tool);
    this.statuses.set(tool, status);
    if (status === 'no-worker' && before !== 'no-worker') {
      this.log.warn('no worker runs this tool: its calls are refused until one does', { tool });
    } else if (status === 'live' && before === 'no-worker') {
      this.log.info('the tool has a worker again', { tool });
    }
  }

  private tell(tool: string, { kind, what, conflict }: ConflictChange): void {
    const { parties, schemas, since } = conflict;
    const fields = { tool, kind, parties, schemas, since };
    if (what === 'over') this.log.info('the conflict over a tool is over', fields);
    else if (kind === 'workers') {
      if (what === 'changed') this.log.error('two workers offer one tool: give one of them another name', fields);
    } else if (what === 'changed') this.log.info('replicas of a worker run different definitions of a tool', fields);
    else this.log.warn('replicas of a worker run different definitions of a tool, and not for an update only', fields);
  }
}
