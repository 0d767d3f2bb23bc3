import { HEARTBEAT_MS } from '@interject/contracts';
import type { WorkerHeartbeat } from '@interject/contracts';
import type { KvBucket } from '@interject/messaging';
import type { Clock, Log } from '@interject/observability';
import type { CompiledTool } from '../tool-source.types.js';

const RETRY_MS = 1000;

export interface HeartbeatPorts {
  readonly bucket: Pick<KvBucket, 'put' | 'delete'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly replica: string;
}

/** Says that this replica lives, in KV `workers`, until it stops. */
export class Heartbeat {
  private readonly startedAt: number;
  private tools: WorkerHeartbeat['tools'] = [];
  private timer: unknown;
  private isRunning = false;
  private isFailing = false;
  private pass: Promise<void> = Promise.resolve();

  constructor(private readonly ports: HeartbeatPorts) {
    this.startedAt = ports.clock.now();
  }

  /** Beats from now on, without being waited for. */
  start(tools: readonly CompiledTool[]): void {
    this.tools = tools.map(({ definition: { name, version } }) => ({ name, version }));
    this.isRunning = true;
    this.refresh();
  }

  /** Beats at once, for instance after a reconnect: a restarted broker has forgotten who lives. */
  refresh(): void {
    if (!this.isRunning) return;
    this.ports.clock.clearTimeout(this.timer);
    this.pass = this.pass.then(() => this.beat());
  }

  /** A clean stop is told at once: nobody waits until the silence is noticed. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.ports.clock.clearTimeout(this.timer);
    await this.pass;
    try {
      await this.ports.bucket.delete(this.ports.replica);
    } catch (error) {
      this.ports.log.info('the end of this replica could not be told, its silence will be noticed', { error });
    }
  }

  private async beat(): Promise<void> {
    if (!this.isRunning) return;
    const { bucket, clock, log, worker, replica } = this.ports;
    const { tools, startedAt } = this;
    const heartbeat: WorkerHeartbeat = { worker, replica, tools, startedAt };
    let waitMs = HEARTBEAT_MS;
    try {
      await bucket.put(replica, JSON.stringify(heartbeat));
      this.isFailing = false;
    } catch (error) {
      waitMs = RETRY_MS;
      // Every second would drown the log while the broker is away.
      if (!this.isFailing) log.warn('this replica cannot say that it lives, trying again', { error });
      this.isFailing = true;
    }
    clock.clearTimeout(this.timer);
    this.timer = clock.setTimeout(() => {
      this.refresh();
    }, waitMs);
  }
}
