import type { Fault, ServiceKind } from '../fault.types.js';

/** A pause of the machine, a long one, and one after which everybody else has given the process up. */
export const STALLS_MS = [1000, 4000, 12_000] as const;

/** SIGSTOP of one of several, SIGCONT after a while: it must notice what has happened before it does anything. */
export function stall(kind: ServiceKind, ms: number): Fault {
  return {
    name: `stall-${kind}-${String(ms / 1000)}s`,
    about: `SIGSTOP of one of several ${kind}s for ${String(ms / 1000)} s`,
    bounds: { allAccepted: true },
    inject: async (stage) => {
      const victim = stage.system.pick(kind, stage.dice);
      await stage.sleep(stage.dice.between(0, 500));
      stage.strike(kind, `SIGSTOP of ${victim.title}`);
      victim.freeze();
      await stage.sleep(ms);
      // Its sockets hold what came meanwhile: it does that now, late.
      stage.strike(kind, `SIGCONT of ${victim.title}`);
      victim.thaw();
      await stage.sleep(1500);
    },
  };
}
