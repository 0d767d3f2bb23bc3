import { setTimeout as sleep } from 'node:timers/promises';
import type { PlayedAct, Sighting } from '../account/account.types.js';
import type { Bounds, Fault, FaultStage, Strike } from '../fault.types.js';
import { Dice } from './dice.js';

/** One fault of a series, while it is played and after. */
export class Act implements PlayedAct {
  readonly strikes: Strike[] = [];
  readonly notes: Sighting[] = [];
  readonly complaints: string[] = [];
  readonly stage: FaultStage;
  from = -Infinity;
  until = Infinity;

  constructor(
    readonly fault: Fault,
    seed: number,
    { system, crowd, slack }: Pick<FaultStage, 'system' | 'crowd' | 'slack'>,
  ) {
    this.stage = {
      dice: new Dice(seed, fault.name).for('fault'),
      system,
      crowd,
      slack,
      strike: (target, title) => {
        const strike: Strike = { at: performance.now(), target, title };
        this.strikes.push(strike);
        return strike;
      },
      note: (what) => {
        this.notes.push({ at: performance.now(), what: `--- ${what}` });
      },
      sleep: (ms) => sleep(ms),
    };
  }

  get bounds(): Bounds | undefined {
    return this.fault.bounds;
  }

  /** When everything could go on after the last of its blows; undefined before one. */
  get lastBlowAt(): number | undefined {
    const last = this.strikes.at(-1);
    return last === undefined ? undefined : (last.until ?? last.at);
  }
}
