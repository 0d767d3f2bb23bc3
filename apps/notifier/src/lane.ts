/** Places that were taken are cut off the queue when there are so many. */
const CUT_AT = 1024;

/** Lets at most `width` pieces of work run at a time; the others wait for their turn, first come, first served. */
export class Lane {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private first = 0;

  constructor(private readonly width: number) {}

  /** How many wait for their turn. */
  get backlog(): number {
    return this.waiting.length - this.first;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.width) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      this.passOn();
    }
  }

  /** The place goes to the next, else it becomes free. */
  private passOn(): void {
    const next = this.waiting[this.first];
    if (next === undefined) {
      this.waiting.length = 0;
      this.first = 0;
      this.running -= 1;
      return;
    }
    this.first += 1;
    // An array is a queue as long as what was taken is cut off now and then.
    if (this.first >= CUT_AT) {
      this.waiting.splice(0, this.first);
      this.first = 0;
    }
    next();
  }
}
