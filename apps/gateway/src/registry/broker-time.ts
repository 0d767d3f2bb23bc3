/**
 * The broker's clock, as far as it can be known: what it stamped last, and how long ago that came in. Never ahead of it, so
 * that what was stamped by it is never taken for older than it is, whatever our own clock says.
 */
export class BrokerTime {
  private ahead: number | undefined;

  /** @param monotonic milliseconds that never step back */
  constructor(private readonly monotonic: () => number) {}

  /** Something came in. @param storedAt when it was stored; milliseconds since the epoch, the broker's clock */
  heard(storedAt: number): void {
    const ahead = storedAt - this.monotonic();
    if (this.ahead === undefined || ahead > this.ahead) this.ahead = ahead;
  }

  /** Another broker, or the same one with another clock, may answer from now on. */
  forget(): void {
    this.ahead = undefined;
  }

  /** Milliseconds since the epoch; undefined while nothing was heard. */
  now(): number | undefined {
    return this.ahead === undefined ? undefined : this.ahead + this.monotonic();
  }
}
