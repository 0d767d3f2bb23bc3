import { PROXIED } from '../environment/proxied-broker.js';
import type { Fault, FaultStage, ServiceKind } from '../fault.types.js';
import type { Replica } from '../system/replica.js';
import { killAndRevive } from './kills.js';

const BLOWS = 6;
const KINDS: readonly ServiceKind[] = ['gateway', 'worker', 'notifier'];

type Blow = (stage: FaultStage, victim: Replica) => Promise<void>;

const stopAndReplace: Blow = async (stage, victim) => {
  stage.strike(victim.kind, `SIGTERM to ${victim.title}`);
  await victim.stop();
  await victim.start();
  await victim.ready();
  stage.note(`${victim.title} is back`);
};

const stall: Blow = async (stage, victim) => {
  stage.strike(victim.kind, `SIGSTOP of ${victim.title}`);
  victim.freeze();
  await stage.sleep(stage.dice.between(300, 5000));
  stage.strike(victim.kind, `SIGCONT of ${victim.title}`);
  victim.thaw();
};

/** Blow upon blow, at random, some before the one before is over. */
export const CHAOS: Fault = {
  name: 'chaos',
  about: `${String(BLOWS)} kills, stops and stalls of any service at random, some at the same time`,
  bounds: { allAccepted: true },
  ...PROXIED,
  inject: async (stage) => {
    const underWay: Promise<void>[] = [];
    const hurt = new Set<Replica>();
    for (let count = 0; count < BLOWS; count += 1) {
      const blow = stage.dice.pick<Blow>([killAndRevive, killAndRevive, stopAndReplace, stall]);
      // One of each service stays: with none, nothing can go on.
      const kinds = KINDS.filter((kind) => stage.system.of(kind).filter((each) => !hurt.has(each)).length > 1);
      const kind = kinds.length === 0 ? undefined : stage.dice.pick(kinds);
      const victims = stage.system.of(kind ?? 'gateway').filter((each) => !hurt.has(each));
      if (kind !== undefined) {
        const victim = stage.dice.pick(victims);
        hurt.add(victim);
        underWay.push(blow(stage, victim).finally(() => hurt.delete(victim)));
      }
      await stage.sleep(stage.dice.between(500, 3000));
    }
    await Promise.all(underWay);
  },
};
