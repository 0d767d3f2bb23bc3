import type { Clock } from '@interject/observability';

/** Nobody waits for a final record; a crash meanwhile makes `unconfirmed` of it, as one before its write would. */
const LINGER_MS = 50;

/**
 * Lets what is not urgent wait for company: all partitions of a process write what they have put off in the same turn, and so
 * in one write to the socket, which costs more than the records themselves (docs/adr/0044).
 */
export class Linger {
  private readonly waiting = new Set<() => void>();
  private isArmed = false;

  constructor(private readonly clock: Clock) {}

  /** @param write called once within 50 ms, however often it was added meanwhile; must not throw */
  add(write: () => void): void {
    this.waiting.add(write);
    if (this.isArmed) return;
    this.isArmed = true;
    this.clock.setTimeout(() => {
      this.flush();
    }, LINGER_MS);
  }

  private flush(): void {
    this.isArmed = false;
    const all = [...this.waiting];
    this.waiting.clear();
    for (const write of all) write();
  }
}
