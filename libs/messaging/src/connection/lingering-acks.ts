/** Far below the lease of a message (4 s), and long enough for another publish to come by at 20 a second and more. */
const LINGER_MS = 50;

/**
 * Acknowledgements that wait for the next publish of this process, to leave in the same write to the socket: a write costs
 * more than all else that is done for an acknowledgement (docs/adr/0034). A process that is killed meanwhile has the jobs
 * of the last 50 ms delivered again, with their results stored.
 */
export class LingeringAcks {
  private waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param send publishes the acknowledgement; must not throw */
  add(send: () => void): void {
    this.waiting.push(send);
    this.timer ??= setTimeout(() => {
      this.flush();
    }, LINGER_MS);
  }

  /** Sends all that wait, at once. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    const acks = this.waiting;
    this.waiting = [];
    for (const send of acks) send();
  }
}
