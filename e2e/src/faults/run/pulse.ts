const BEAT_MS = 20;
/** A beat that is later than this was held up by the machine: timers are a few ms late on a quiet one. */
const LATE_MS = 15;

/**
 * How much of its time the driver was kept from running: on a machine that is busy with other things the services were
 * kept from it alike, and what they owe is due later by as much.
 */
export class Pulse {
  private readonly stolen: { readonly at: number; readonly ms: number }[] = [];
  private readonly timer: NodeJS.Timeout;
  private last = performance.now();

  constructor() {
    this.timer = setInterval(() => {
      const now = performance.now();
      const late = now - this.last - BEAT_MS;
      if (late > LATE_MS) this.stolen.push({ at: now, ms: late });
      this.last = now;
    }, BEAT_MS);
  }

  /** Ms that were lost between two moments. */
  lostBetween(from: number, to: number): number {
    return this.stolen.reduce((sum, { at, ms }) => (at > from && at - ms < to ? sum + ms : sum), 0);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
