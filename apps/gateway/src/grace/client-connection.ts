import type { ServerResponse } from 'node:http';

/** How a response ended: handed over to the operating system whole, or not, the client having hung up. */
export type ResponseEnd = 'flushed' | 'client-gone';

/** Whether the sender of a request is still there, and whether it was given its answer. */
export class ClientConnection {
  private end: ResponseEnd | undefined;
  private readonly listeners = new Set<(end: ResponseEnd) => void>();

  /** @param response not answered yet */
  constructor(response: Pick<ServerResponse, 'once' | 'destroyed' | 'writableFinished'>) {
    response.once('finish', () => {
      this.ended('flushed');
    });
    // Comes after `finish` too, and is then ignored.
    response.once('close', () => {
      this.ended(response.writableFinished ? 'flushed' : 'client-gone');
    });
    if (response.destroyed) this.ended('client-gone');
  }

  /** Calls `listener` once, at once if the response has ended already. */
  onEnd(listener: (end: ResponseEnd) => void): void {
    if (this.end === undefined) this.listeners.add(listener);
    else listener(this.end);
  }

  private ended(end: ResponseEnd): void {
    if (this.end !== undefined) return;
    this.end = end;
    for (const listener of this.listeners) listener(end);
    this.listeners.clear();
  }
}
