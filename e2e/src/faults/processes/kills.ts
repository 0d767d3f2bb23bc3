import type { Fault, FaultStage, Replicas, ServiceKind } from '../fault.types.js';
import type { Replica } from '../system/replica.js';

/** How long a killed one of several stays away: longer than a lease and an ack wait, so that the others must step in. */
const AWAY_MS = 6000;

/** The only one is the only one whatever else there is several of: one ground for all services. */
export const ONE_OF_EACH: Replicas = { gateway: 1, worker: 1, notifier: 1 };

/** kill -9 of one of several, which comes back when the others have long taken over. */
export function killOneOf(kind: ServiceKind): Fault {
  return {
    name: `kill-${kind}`,
    about: `kill -9 of one of several ${kind}s; it comes back after ${String(AWAY_MS / 1000)} s`,
    bounds: { allAccepted: true },
    inject: async (stage) => {
      const victim = stage.system.pick(kind, stage.dice);
      await stage.sleep(stage.dice.between(0, 500));
      await kill(stage, victim);
      await stage.sleep(AWAY_MS);
      await victim.revive();
      stage.note(`${victim.title} is back`);
    },
  };
}

/** kill -9 of the only one, which the supervisor starts again. */
export function killOnly(kind: ServiceKind): Fault {
  return {
    name: `kill-only-${kind}`,
    about: `kill -9 of the only ${kind}; started again as the supervisor does`,
    replicas: ONE_OF_EACH,
    bounds: { allAccepted: true },
    inject: async (stage) => {
      const victim = stage.system.pick(kind, stage.dice);
      await stage.sleep(stage.dice.between(0, 500));
      await killAndRevive(stage, victim);
      await stage.sleep(2500);
    },
  };
}

/** kill -9 of one of each service, one after the other. */
export const KILL_EACH: Fault = {
  name: 'kill-each',
  about: 'kill -9 of one of each service in turn; each is started again as the supervisor does',
  isShort: true,
  bounds: { allAccepted: true },
  inject: async (stage) => {
    const kinds: readonly ServiceKind[] = ['gateway', 'worker', 'notifier'];
    for (const kind of stage.dice.shuffle(kinds)) {
      const victim = stage.system.pick(kind, stage.dice);
      await stage.sleep(stage.dice.between(0, 500));
      await kill(stage, victim);
      await victim.revive();
      stage.note(`${victim.title} is back`);
      await stage.sleep(2500);
    }
  },
};

/** Killed and started again; until the new one is ready nothing can go on if it was the only one. */
export async function killAndRevive(stage: FaultStage, victim: Replica): Promise<void> {
  const strike = await kill(stage, victim);
  await victim.revive();
  if (stage.system.of(victim.kind).length === 1) strike.until = performance.now();
  stage.note(`${victim.title} is back`);
}

async function kill(stage: FaultStage, victim: Replica) {
  const strike = stage.strike(victim.kind, `kill -9 of ${victim.title}`);
  await victim.kill();
  return strike;
}
