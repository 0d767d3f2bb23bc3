import type { Fault, FaultStage } from '../fault.types.js';
import type { Replica } from '../system/replica.js';
import { PROXIED, ProxiedBroker } from './proxied-broker.js';

const ROUNDS = 6;

/** Some of the processes: one of them, or all at once. */
function victims({ dice, system }: FaultStage): readonly Replica[] {
  return dice.percent(30) ? system.replicas : [dice.pick(system.replicas)];
}

function titleOf(replicas: readonly Replica[]): string {
  return replicas.length === 1 ? (replicas[0]?.title ?? '') : 'all services';
}

/** A network between services and NATS that fails, while all of them run. */
export const CONNECTION_FAULTS: readonly Fault[] = [
  {
    name: 'nats-connections-reset',
    about: 'connections to NATS are reset at random moments, of one service or of all',
    isShort: true,
    ...PROXIED,
    async inject(stage) {
      const broker = ProxiedBroker.of(stage);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const hit = victims(stage);
        const strike = stage.strike('network', `connections to NATS reset: ${titleOf(hit)}`);
        for (const { kind, index } of hit) broker.proxy(kind, index).reset();
        strike.until = performance.now();
        await stage.sleep(stage.dice.between(300, 2500));
      }
    },
  },
  {
    name: 'nats-connections-stalled',
    about: 'connections to NATS carry nothing for 2 to 5 s and stay open, of one service or of all',
    ...PROXIED,
    async inject(stage) {
      const broker = ProxiedBroker.of(stage);
      for (let round = 1; round <= ROUNDS / 2; round += 1) {
        const hit = victims(stage);
        const strike = stage.strike('network', `connections to NATS stall: ${titleOf(hit)}`);
        const proxies = hit.map(({ kind, index }) => broker.proxy(kind, index));
        for (const proxy of proxies) proxy.stall();
        await stage.sleep(stage.dice.between(2000, 5000));
        for (const proxy of proxies) proxy.resume();
        strike.until = performance.now();
        await stage.sleep(stage.dice.between(1000, 3000));
      }
    },
  },
];
