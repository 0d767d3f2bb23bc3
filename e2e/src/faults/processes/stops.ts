import type { Fault, ServiceKind } from '../fault.types.js';
import { ONE_OF_EACH } from './kills.js';

/**
 * Longest wait that a clean stop may cause: the hand-over leaves no gap, and nobody waits for a lease or an ack wait to run
 * out. A job that runs is finished, or given back and begun again.
 */
const HAND_OVER_MS = 2000;

/** SIGTERM to one after the other of a service, each replaced when it has gone: an update without a pause. */
export function update(kind: ServiceKind): Fault {
  return {
    name: `update-${kind}`,
    about: `SIGTERM to each ${kind} in turn, each replaced by a new process: a clean stop leaves no gap`,
    bounds: { allAccepted: true, goesOnWithinMs: HAND_OVER_MS },
    inject: async (stage) => {
      for (const replica of stage.dice.shuffle(stage.system.of(kind))) {
        await stage.sleep(stage.dice.between(200, 1000));
        stage.strike(kind, `SIGTERM to ${replica.title}`);
        await replica.stop();
        stage.note(`${replica.title} has gone`);
        await replica.start();
        await replica.ready();
        stage.note(`${replica.title} is back`);
      }
    },
  };
}

/** SIGTERM to the only one, replaced when it has gone. */
export function restartOnly(kind: ServiceKind): Fault {
  return {
    name: `restart-only-${kind}`,
    about: `SIGTERM to the only ${kind}, replaced when it has gone`,
    replicas: ONE_OF_EACH,
    bounds: { allAccepted: true },
    inject: async (stage) => {
      const replica = stage.system.pick(kind, stage.dice);
      const strike = stage.strike(kind, `SIGTERM to ${replica.title}`);
      await replica.stop();
      stage.note(`${replica.title} has gone`);
      await replica.start();
      await replica.ready();
      strike.until = performance.now();
      await stage.sleep(1500);
    },
  };
}
