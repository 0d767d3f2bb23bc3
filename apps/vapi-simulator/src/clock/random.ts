/** A closed interval of milliseconds. */
export interface MsRange {
  readonly min: number;
  readonly max: number;
}

/** Chance that a seed repeats: the same seed gives the same call, as a scenario has to. */
export class Random {
  private state: number;

  /** @param seed any whole number */
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A number of milliseconds within the range. */
  within({ min, max }: MsRange): number {
    return min + this.next() * (max - min);
  }
}
