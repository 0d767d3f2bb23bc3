import type { Clock } from '../clock/clock.types.js';
import type { CallEvent, CallFact } from './transcript.types.js';

/** Everything that happened in one call, in order, with call time; listeners hear of each event as it happens. */
export class CallLog {
  private readonly recorded: CallEvent[] = [];
  private readonly listeners = new Set<(event: CallEvent) => void>();

  constructor(
    private readonly call: number,
    private readonly clock: Clock,
  ) {}

  get events(): readonly CallEvent[] {
    return this.recorded;
  }

  record(fact: CallFact): void {
    const event: CallEvent = { ...fact, call: this.call, atMs: Math.round(this.clock.nowMs()) };
    this.recorded.push(event);
    for (const listener of this.listeners) listener(event);
  }

  /** Hears of every event from now on; the answer stops it. */
  listen(listener: (event: CallEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
