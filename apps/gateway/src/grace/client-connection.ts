import type { ServerResponse } from 'node:http';

/** How a response ended: handed over to the operating system whole, or not, the client having hung up. */
export type ResponseEnd = 'flushed' | 'client-gone';

/** Whether the sender of a request is still there, and whether it was given its answer. */
export class ClientConnection {
  private end: ResponseEnd | undefined;
  private readonly listeners = new Set<(end: ResponseEnd) => void>();
  private isWatched = false;

  /** @param response not answered yet */
  constructor(private readonly response: Pick<ServerResponse, 'once' | 'destroyed' | 'writableFinished'>) {}

  /** Calls `listener` once, at once if the response has ended already. */
  onEnd(listener: (end: ResponseEnd) => void): void {
    this.watch();
    if (this.end === undefined) this.listeners.add(listener);
    else listener(this.end);
  }

  /** Most webhooks are answered at once, and nobody asks. */
  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    const { response } = this;
    if (response.writableFinished || response.destroyed) {
      this.ended(response.writableFinished ? 'flushed' : 'client-gone');
      return;
    }
    response.once('finish', () => {
      this.ended('flushed');
    });
    // Comes after `finish` too, and is then ignored.
    response.once('close', () => {
      this.ended(response.writableFinished ? 'flushed' : 'client-gone');
    });
  }

  private ended(end: ResponseEnd): void {
    if (this.end !== undefined) return;
    this.end = end;
    for (const listener of this.listeners) listener(end);
    this.listeners.clear();
  }
}
