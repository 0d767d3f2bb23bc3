import type { Clock } from '@interject/observability';
import type { SendSlots } from './send-slots.js';

export interface HeldBackParts<Call> {
  readonly clock: Clock;
  readonly slots: Pick<SendSlots, 'whenFree' | 'forget'>;
  /** What holds calls back is over. */
  readonly mayBegin: () => boolean;
  /** Has a call decide anew; one that is held back again is added again. */
  readonly ask: (call: Call) => void;
}

/** How often it is looked whether the lease and the readers are all right again. */
export const LOOK_EVERY_MS = 250;
/** So many decisions take some milliseconds. */
const AT_A_TIME = 256;

/**
 * Calls that could not begin to speak for a reason outside of them (the lease, readers that lag, no slot), in the order in
 * which they asked. One timer for all: with one for each, the many that wait would keep the process from what they wait for.
 */
export class HeldBackCalls<Call> {
  private readonly calls = new Set<Call>();
  private timer: unknown;

  constructor(private readonly parts: HeldBackParts<Call>) {}

  add(call: Call): void {
    this.calls.add(call);
    this.timer ??= this.parts.clock.setTimeout(this.look, LOOK_EVERY_MS);
    this.parts.slots.whenFree(this.look);
  }

  /** The call is gone, or has been asked for another reason. */
  remove(call: Call): void {
    this.calls.delete(call);
  }

  clear(): void {
    this.calls.clear();
    this.stopLooking();
  }

  private stopLooking(): void {
    this.parts.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.parts.slots.forget(this.look);
  }

  private readonly look = (): void => {
    const { clock, mayBegin, ask } = this.parts;
    this.stopLooking();
    let left = AT_A_TIME;
    for (const call of this.calls) {
      if (left === 0 || !mayBegin()) break;
      left -= 1;
      this.calls.delete(call);
      ask(call);
    }
    if (this.calls.size === 0) return;
    clock.clearTimeout(this.timer);
    this.timer = clock.setTimeout(this.look, left === 0 ? 0 : LOOK_EVERY_MS);
    this.parts.slots.whenFree(this.look);
  };
}
