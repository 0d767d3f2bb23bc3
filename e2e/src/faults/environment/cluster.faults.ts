import type { NatsClusterMember } from '@interject/testing';
import type { Fault, FaultStage, Strike } from '../fault.types.js';
import { ClusterBroker, clusterGround } from './cluster-broker.js';

const SUSPENDED_MS = 3000;

/** Each message is stored three times, on a machine that does everything else too. */
const CLUSTER = { ground: clusterGround, callsPerSecond: 2, isOptional: true } as const;

/** Ends a member and waits until the others have taken over what it led: with two of three left nothing may stop. */
async function lose(stage: FaultStage, member: NatsClusterMember, title: string): Promise<Strike> {
  const strike = stage.strike('nats', `${title} (${member.name})`);
  await member.kill('SIGKILL');
  await ClusterBroker.of(stage).isLed();
  strike.until = performance.now();
  stage.note(`each stream has a leader again, after ${String(Math.round(strike.until - strike.at))} ms`);
  return strike;
}

async function comeBack(stage: FaultStage, member: NatsClusterMember): Promise<void> {
  await member.restart();
  stage.note(`${member.name} is back`);
}

function leaderLost(stream: string, name: string): Fault {
  return {
    ...CLUSTER,
    name,
    about: `the leader of ${stream} is killed, and comes back`,
    async inject(stage) {
      const leader = await ClusterBroker.of(stage).cluster.leaderOf(stream);
      await lose(stage, leader, `kill -9 of the leader of ${stream}`);
      await stage.sleep(stage.dice.between(1000, 3000));
      await comeBack(stage, leader);
    },
  };
}

/** A cluster of three with three copies of everything. */
export const CLUSTER_FAULTS: readonly Fault[] = [
  {
    ...CLUSTER,
    name: 'cluster-member-lost',
    isAlone: true,
    about: 'one of three nats-servers is lost for good, with its store',
    async inject(stage) {
      await lose(stage, stage.dice.pick(ClusterBroker.of(stage).members), 'kill -9 of a member, for good');
      await stage.sleep(4000);
    },
  },
  leaderLost('TOOL_CALLS', 'cluster-tool-calls-leader-lost'),
  leaderLost('UTTERANCES', 'cluster-utterances-leader-lost'),
  {
    ...CLUSTER,
    name: 'cluster-rolling-restart',
    about: 'each of three nats-servers is restarted in turn, as in an upgrade',
    async inject(stage) {
      const broker = ClusterBroker.of(stage);
      for (const member of stage.dice.shuffle(broker.members)) {
        const strike = stage.strike('nats', `SIGTERM of ${member.name}`);
        await member.restart();
        await broker.isLed();
        strike.until = performance.now();
        await stage.sleep(stage.dice.between(500, 2000));
      }
    },
  },
  {
    ...CLUSTER,
    name: 'cluster-member-suspended',
    about: `one of three nats-servers stands still for ${String(SUSPENDED_MS)} ms`,
    async inject(stage) {
      const broker = ClusterBroker.of(stage);
      const member = stage.dice.percent(50)
        ? await broker.cluster.leaderOf('UTTERANCES')
        : stage.dice.pick(broker.members);
      const strike = stage.strike('nats', `SIGSTOP of ${member.name} for ${String(SUSPENDED_MS)} ms`);
      member.suspend();
      try {
        await stage.sleep(SUSPENDED_MS);
      } finally {
        member.resume();
      }
      await broker.isLed();
      strike.until = performance.now();
    },
  },
];
