import { eventually } from './eventually.js';
import type { NatsProcess } from './nats-process.js';

/** Parts of `/jsz` that are read here (monitoring of nats-server). */
interface JetStreamState {
  readonly meta_cluster?: { readonly leader?: string };
  readonly account_details?: readonly {
    readonly stream_detail?: readonly { readonly name: string; readonly cluster?: { readonly leader?: string } }[];
  }[];
}

const MONITORING_TIMEOUT_MS = 500;
const READY_TIMEOUT_MS = 30_000;

/** One server of a {@link NatsCluster}. */
export class NatsClusterMember {
  private isSuspended = false;

  /** @internal made by `NatsCluster.start` */
  constructor(
    /** Its server name, e.g. `n1`. */
    readonly name: string,
    readonly url: string,
    private readonly monitoringUrl: string,
    private readonly process: NatsProcess,
  ) {}

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  /** Ends it by a signal (default SIGKILL) and waits for its exit; its store stays. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' = 'SIGKILL'): Promise<void> {
    // A stopped process would take SIGTERM only when it is woken.
    if (signal !== 'SIGKILL') this.resume();
    this.isSuspended = false;
    await this.process.end(signal);
  }

  /** Starts it again (after SIGTERM if it runs) with its port and store, and waits until it is part of the cluster. */
  async restart(): Promise<void> {
    await this.kill('SIGTERM');
    await this.launch();
    await this.ready();
  }

  /** SIGSTOP: it answers nobody, and its connections stay open. */
  suspend(): void {
    this.process.signal('SIGSTOP');
    this.isSuspended = true;
  }

  /** SIGCONT; nothing if it is not suspended. */
  resume(): void {
    if (!this.isSuspended) return;
    this.isSuspended = false;
    this.process.signal('SIGCONT');
  }

  /** Whether it leads a stream, by what it knows itself; false when it does not answer. */
  async isLeaderOf(stream: string): Promise<boolean> {
    return (await this.leaderOf(stream)) === this.name;
  }

  /** The name of a stream's leader as this member knows it. */
  async leaderOf(stream: string): Promise<string | undefined> {
    const state = await this.state();
    const details = (state?.account_details ?? []).flatMap((account) => account.stream_detail ?? []);
    return details.find((detail) => detail.name === stream)?.cluster?.leader;
  }

  /** The name of the server that leads JetStream's meta group, as this member knows it. */
  async metaLeader(): Promise<string | undefined> {
    return (await this.state())?.meta_cluster?.leader;
  }

  /** Waits until it has a meta leader and its streams and consumers have caught up (`/healthz`). */
  async ready(timeoutMs = READY_TIMEOUT_MS): Promise<void> {
    await eventually(async () => (await this.metaLeader()) !== undefined && (await this.isHealthy()), { timeoutMs });
  }

  /** @internal starts the process only; the meta leader needs the others */
  async launch(): Promise<void> {
    await this.process.launch();
  }

  private async isHealthy(): Promise<boolean> {
    const signal = AbortSignal.timeout(MONITORING_TIMEOUT_MS);
    return (await fetch(`${this.monitoringUrl}/healthz`, { signal })).ok;
  }

  private async state(): Promise<JetStreamState | undefined> {
    if (!this.isRunning || this.isSuspended) return undefined;
    try {
      const signal = AbortSignal.timeout(MONITORING_TIMEOUT_MS);
      const response = await fetch(`${this.monitoringUrl}/jsz?accounts=true&streams=true`, { signal });
      return (await response.json()) as JetStreamState;
    } catch {
      return undefined;
    }
  }
}
