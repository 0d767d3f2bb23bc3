/** Bounds the memory; what is over is forgotten long before. */
const KEPT_POSTS = 50_000;

/**
 * Which utterances this process has written to control URLs, while what became of them is open. When it claims a partition
 * again, a `sending` record of its own that is not in here was certainly never POSTed: it is not lost, but said.
 */
export class PostJournal {
  private readonly written = new Set<string>();
  private hasForgotten = false;

  /** The request is being written. */
  wrote(utteranceIds: readonly string[]): void {
    for (const id of utteranceIds) this.written.add(id);
    while (this.written.size > KEPT_POSTS) {
      const [oldest] = this.written;
      if (oldest !== undefined) this.written.delete(oldest);
      this.hasForgotten = true;
    }
  }

  /** It was certainly not accepted, or the ledger knows what became of it. */
  settled(utteranceIds: readonly string[]): void {
    for (const id of utteranceIds) this.written.delete(id);
  }

  /** True if it is certain that this process has not written its present attempt. */
  neverWrote(utteranceId: string): boolean {
    return !this.hasForgotten && !this.written.has(utteranceId);
  }
}
