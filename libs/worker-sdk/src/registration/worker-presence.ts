import { Inject, Injectable } from '@nestjs/common';
import { Buckets } from '@interject/contracts';
import { KvStore, MessagingConnection } from '@interject/messaging';
import { Clock, Log } from '@interject/observability';
import type { CompiledTool } from '../tool-source.types.js';
import { WORKER_OPTIONS } from '../worker.constants.js';
import type { WorkerOptions } from '../worker.types.js';
import { Heartbeat } from './heartbeat.js';
import { LiveReplicas } from './live-replicas.js';
import { RegisteredTools } from './registered-tools.js';
import { replicaId } from './replica-id.js';
import { ToolPublication } from './tool-publication.js';

/** What others know of this worker: the definitions of its tools in KV, and that it lives. */
@Injectable()
export class WorkerPresence {
  private readonly publication: ToolPublication;
  private readonly heartbeat: Heartbeat;
  private removeReconnectListener: (() => void) | undefined;

  constructor(
    @Inject(WORKER_OPTIONS) { service: worker }: WorkerOptions,
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(KvStore) kv: KvStore,
    @Inject(RegisteredTools) registered: RegisteredTools,
    @Inject(LiveReplicas) private readonly replicas: LiveReplicas,
    @Inject(Clock) clock: Clock,
    @Inject(Log) log: Log,
  ) {
    const replica = replicaId(worker);
    this.publication = new ToolPublication({ bucket: kv.bucket(Buckets.Tools), clock, log, registered, replicas });
    this.heartbeat = new Heartbeat({ bucket: kv.bucket(Buckets.Workers), clock, log, worker, replica });
  }

  /** Makes the tools known and goes on doing so, without being waited for. */
  start(tools: readonly CompiledTool[]): void {
    this.publication.start(tools);
    if (tools.length === 0) return;
    this.replicas.start();
    this.heartbeat.start(tools);
    // A broker that was started again may have forgotten all of it.
    this.removeReconnectListener = this.connection.onReconnected(() => {
      this.heartbeat.refresh();
      this.publication.refresh();
    });
  }

  /** The end is told: nobody waits until the silence is noticed. */
  async stop(): Promise<void> {
    this.removeReconnectListener?.();
    await Promise.all([this.heartbeat.stop(), this.replicas.stop(), this.publication.stop()]);
  }
}
