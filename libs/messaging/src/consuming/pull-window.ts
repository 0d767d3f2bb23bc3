/** Most deliveries that stand aside at a time: each costs its message in memory and a lease that is extended. */
export const MAX_ASIDE = 1000;

/**
 * Decides when to ask the server for how many messages, so that never more than `capacity` are in flight, those that
 * stand aside not counted. One that comes back is in flight again even if its place is taken: nothing is asked for then.
 */
export class PullWindow {
  private inFlight = 0;
  private requested = 0;
  private aside = 0;

  constructor(
    readonly capacity: number,
    private readonly maxAside = MAX_ASIDE,
  ) {}

  /** True while the server still owes us an answer. */
  get isWaiting(): boolean {
    return this.requested > 0;
  }

  /** A message arrived. */
  received(): void {
    this.requested = Math.max(0, this.requested - 1);
    this.inFlight += 1;
  }

  /** A message that does not stand aside was settled. */
  settled(): void {
    this.inFlight -= 1;
  }

  /** A message gives its place to another one for a while. @returns false when too many have done so */
  standAside(): boolean {
    if (this.aside >= this.maxAside) return false;
    this.aside += 1;
    this.inFlight -= 1;
    return true;
  }

  /** A message that stood aside is in flight again. */
  comeBack(): void {
    this.aside -= 1;
    this.inFlight += 1;
  }

  /** A request ended with `unfilled` of its messages not delivered. */
  requestEnded(unfilled: number): void {
    this.requested = Math.max(0, this.requested - unfilled);
  }

  /** All open requests are gone (reconnect, consumer made anew). */
  requestsLost(): void {
    this.requested = 0;
  }

  /**
   * How many to ask for now; 0 to wait. While a request is open a new one is worth its cost only for half the capacity;
   * with none open a single free place is filled at once.
   */
  next(): number {
    const free = this.capacity - this.inFlight - this.requested;
    const worthwhile = this.requested === 0 ? 1 : Math.ceil(this.capacity / 2);
    if (free < worthwhile) return 0;
    this.requested += free;
    return free;
  }
}
