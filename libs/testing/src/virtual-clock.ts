interface Timer {
  readonly id: number;
  readonly at: number;
  readonly run: () => void;
}

/** A clock that moves only when told to; timers run in order of their time, then of their making. */
export class VirtualClock {
  private timers: Timer[] = [];
  private nextId = 1;

  /** @param time where it starts, ms since the epoch */
  constructor(private time = Date.UTC(2026, 0, 1)) {}

  /** Wall clock, ms since the epoch. */
  now(): number {
    return this.time;
  }

  /** The same line of time: nothing here ever steps back. */
  monotonic(): number {
    return this.time;
  }

  setTimeout(run: () => void, delayMs: number): number {
    const id = this.nextId++;
    this.timers.push({ id, at: this.time + Math.max(0, delayMs), run });
    return id;
  }

  clearTimeout(id: number | undefined): void {
    this.timers = this.timers.filter((timer) => timer.id !== id);
  }

  /** Time of the next timer, if there is one. */
  nextTimerAt(): number | undefined {
    return this.timers.length === 0 ? undefined : Math.min(...this.timers.map((timer) => timer.at));
  }

  /** Moves on by `ms`, running what falls due; between two timers pending promises settle. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settled();
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.clearTimeout(due.id);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
    await settled();
  }
}

/** Lets every promise that is ready run its continuations (a turn of the event loop drains all microtasks). */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
