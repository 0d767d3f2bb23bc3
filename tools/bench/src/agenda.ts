export interface Appointment {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** A virtual clock with things to do, in order of time; a heap, because a call has thousands of them. */
export class Agenda {
  private readonly heap: Appointment[] = [];
  private order = 0;

  constructor(public now: number) {}

  get nextAt(): number {
    this.dropCancelled();
    return this.heap[0]?.at ?? Infinity;
  }

  /** @param time milliseconds, rounded up to whole ones; what is past is done now */
  at(time: number, run: () => void): Appointment {
    this.order += 1;
    const item = { at: Math.max(this.now, Math.ceil(time)), order: this.order, run, isCancelled: false };
    this.heap.push(item);
    this.rise(this.heap.length - 1);
    return item;
  }

  in(ms: number, run: () => void): Appointment {
    return this.at(this.now + ms, run);
  }

  cancel(appointment: Appointment | undefined): void {
    if (appointment !== undefined) appointment.isCancelled = true;
  }

  /** Does what is due until `end`, that moment included. */
  runUntil(end: number): void {
    while (this.nextAt <= end) {
      const item = this.take();
      if (item === undefined) break;
      this.now = item.at;
      item.run();
    }
    if (Number.isFinite(end)) this.now = Math.max(this.now, end);
  }

  private dropCancelled(): void {
    while (this.heap[0]?.isCancelled === true) this.take();
  }

  private take(): Appointment | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (last !== undefined && last !== first) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private rise(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private sink(): void {
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      const child = left + 1 < this.heap.length && this.isBefore(left + 1, left) ? left + 1 : left;
      if (child >= this.heap.length || !this.isBefore(child, parent)) return;
      this.swap(child, parent);
      parent = child;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (a === undefined || b === undefined) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}
