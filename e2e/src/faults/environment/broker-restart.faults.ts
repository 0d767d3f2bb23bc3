import { NatsServer } from '@interject/testing';
import type { Fault, FaultStage } from '../fault.types.js';

const ROUNDS = 2;

/** The broker of a run that has a single one. @throws Error for another */
export function soleServer({ system }: FaultStage): NatsServer {
  if (system.nats instanceof NatsServer) return system.nats;
  throw new Error('This fault needs a nats-server of one.');
}

function restart(name: string, about: string, title: string, end: (server: NatsServer) => Promise<void>): Fault {
  return {
    name,
    about,
    async inject(stage) {
      const server = soleServer(stage);
      for (let round = 1; round <= ROUNDS; round += 1) {
        const strike = stage.strike('nats', title);
        await end(server);
        await stage.sleep(stage.dice.between(500, 3000));
        await server.launch();
        strike.until = performance.now();
        await stage.sleep(stage.dice.between(2500, 4500));
      }
    },
  };
}

/** A broker that comes back with its store. What it keeps in memory (leases, floor, who lives) is gone each time. */
export const BROKER_RESTART_FAULTS: readonly Fault[] = [
  {
    ...restart('nats-sigterm', 'nats-server is stopped and started again, twice', 'SIGTERM of nats-server', (server) =>
      server.stop(),
    ),
    isShort: true,
  },
  restart(
    'nats-kill',
    'nats-server is killed and started again on its store, twice',
    'kill -9 of nats-server',
    (server) => server.kill(),
  ),
];
