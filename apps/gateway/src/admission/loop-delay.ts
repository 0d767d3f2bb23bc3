/** How often it is looked. */
export const LOOK_MS = 100;
/** A pause for garbage, or one large body, is a single late look. */
const LOOKS = 3;

/**
 * How late the event loop is throughout: the least lateness of the last looks (as CoDel judges a queue by the least delay
 * in it). That is how long a request waits before anybody looks at it. Pure.
 */
export class LoopDelay {
  private readonly looks: number[] = [];
  private expectedAt: number;

  /** @param now monotonic, ms; the first look is due {@link LOOK_MS} later */
  constructor(now: number) {
    this.expectedAt = now + LOOK_MS;
  }

  /** @returns the standing delay in ms */
  look(now: number): number {
    this.looks.push(Math.max(0, now - this.expectedAt));
    if (this.looks.length > LOOKS) this.looks.shift();
    this.expectedAt = now + LOOK_MS;
    return this.current;
  }

  get current(): number {
    return this.looks.length < LOOKS ? 0 : Math.min(...this.looks);
  }
}
