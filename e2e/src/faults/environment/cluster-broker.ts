import { eventually, NatsCluster } from '@interject/testing';
import type { NatsClusterMember } from '@interject/testing';
import type { Broker, FaultStage, Ground } from '../fault.types.js';

/** What has to have a leader for everything to go on. */
const STREAMS = ['TOOL_CALLS', 'CALL_EVENTS', 'UTTERANCES', 'KV_leases', 'KV_control'];
/** A follower waits for 4 to 9 s before it stands for election (nats-server), and a vote may be split. */
const ELECTED_WITHIN_MS = 40_000;

/** Three nats-servers as the broker of a run. */
export class ClusterBroker implements Broker {
  private constructor(readonly cluster: NatsCluster) {}

  static async start(): Promise<ClusterBroker> {
    return new ClusterBroker(await NatsCluster.start());
  }

  /** @throws Error when the run has another broker */
  static of({ system }: FaultStage): ClusterBroker {
    if (system.nats instanceof ClusterBroker) return system.nats;
    throw new Error('This fault needs a cluster.');
  }

  get url(): string {
    return this.cluster.urls;
  }

  get members(): readonly NatsClusterMember[] {
    return this.cluster.members;
  }

  /** Resolves when each stream has a leader that runs, and the members that run agree on it. */
  async isLed(): Promise<void> {
    for (const stream of STREAMS) {
      await eventually(
        async () => {
          const running = this.members.filter(({ isRunning }) => isRunning);
          const leaders = new Set(await Promise.all(running.map((member) => member.leaderOf(stream))));
          const [leader] = leaders;
          return leaders.size === 1 && running.some(({ name }) => name === leader);
        },
        { timeoutMs: ELECTED_WITHIN_MS, intervalMs: 50 },
      );
    }
  }

  async dispose(): Promise<void> {
    await this.cluster.dispose();
  }
}

/** Three servers, and services that want three copies of everything. */
export function clusterGround(): Promise<Ground> {
  return Promise.resolve({
    broker: () => ClusterBroker.start(),
    environment: () => ({ NATS_REPLICAS: '3' }),
  });
}
