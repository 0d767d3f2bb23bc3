import type { Dice } from '../run/dice.js';
import { markerOf } from './tracked-tool-call.js';

export interface PlannedToolCall {
  readonly isAsync: boolean;
  readonly marker: string;
  readonly jobMs: number;
}

export interface PlannedTurn {
  /** Silence of the caller before it. */
  readonly afterMs: number;
  readonly speakMs: number;
  /** Tool calls of one webhook. */
  readonly asks: readonly PlannedToolCall[];
}

/** What happens in one call, times sped up like the notifier's. */
export interface CallPlan {
  readonly turns: readonly PlannedTurn[];
  /** The caller hangs up then, come what may; else when everything was said. */
  readonly leavesAfterMs?: number;
  /** How long the caller stays after the last thing was said: the notifier has to see that it was. */
  readonly lingerMs: number;
}

/** Of a hundred: turns that ask for a sync tool, calls that end without waiting. */
const SYNC_PERCENT = 20;
const LEAVING_PERCENT = 5;
const LETTERS = 'bcdfghjklmnpqrstvwxz';

/** Draws the plans of calls; markers are unique to it. */
export class CallPlanner {
  private count = 0;

  constructor(private readonly dice: Dice) {}

  next(): CallPlan {
    const { dice } = this;
    const turns = Array.from({ length: dice.between(1, 3) }, (_, index): PlannedTurn => ({
      afterMs: index === 0 ? dice.between(20, 120) : dice.between(300, 1500),
      speakMs: dice.between(200, 500),
      // The first turn always asks for something.
      asks: index > 0 && dice.percent(30) ? [] : this.asks(),
    }));
    const lingerMs = dice.between(500, 2500);
    return { turns, lingerMs, ...(dice.percent(LEAVING_PERCENT) ? { leavesAfterMs: dice.between(600, 2500) } : {}) };
  }

  private asks(): PlannedToolCall[] {
    const { dice } = this;
    return Array.from({ length: dice.percent(25) ? 2 : 1 }, (): PlannedToolCall => {
      const isAsync = !dice.percent(SYNC_PERCENT);
      this.count += 1;
      const letters = Array.from({ length: 4 }, () => dice.pick([...LETTERS])).join('');
      // Sync ones are answered inline or, when they take longer than the grace window, said.
      const jobMs = isAsync ? dice.between(50, 2500) : dice.between(20, 900);
      return { isAsync, marker: markerOf(this.count, letters), jobMs };
    });
  }
}
