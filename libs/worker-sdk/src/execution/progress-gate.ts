/** Most reports that are published for one tool call: five are said at most unless the tool asks for more (`maxCount`). */
export const MAX_PROGRESS_REPORTS = 100;
/** Least time between two of them (ms): the caller hears one in some seconds, and a loop may report each of its turns. */
export const PROGRESS_GAP_MS = 250;

/** What becomes of a report that is offered. */
export type ProgressDecision =
  | { readonly kind: 'publish' }
  /** It waits for its turn; ask {@link ProgressGate.take} in `waitMs`. `replaces`: an older one waited and is dropped. */
  | { readonly kind: 'hold'; readonly waitMs: number; readonly replaces: boolean }
  /** The tool call has used up its reports. */
  | { readonly kind: 'drop' };

/**
 * Bounds the progress reports of one tool call: the first goes out at once, further ones not before their gap is over, and
 * of those that come meanwhile the last is kept. Times are monotonic milliseconds.
 */
export class ProgressGate<Report> {
  private published = 0;
  private opensAt = Number.NEGATIVE_INFINITY;
  private held: { readonly report: Report } | undefined;

  offer(report: Report, now: number): ProgressDecision {
    if (this.published >= MAX_PROGRESS_REPORTS) return { kind: 'drop' };
    if (now >= this.opensAt && this.held === undefined) {
      this.pass(now);
      return { kind: 'publish' };
    }
    const replaces = this.held !== undefined;
    this.held = { report };
    return { kind: 'hold', waitMs: Math.max(0, this.opensAt - now), replaces };
  }

  /** The report that waited, to be published now. For when the wait is over: a timer of Node may come a millisecond early. */
  take(now: number): Report | undefined {
    const { held } = this;
    if (held === undefined) return undefined;
    this.held = undefined;
    this.pass(now);
    return held.report;
  }

  /** The tool call is over. @returns true if a report waited, which nobody needs any more */
  close(): boolean {
    const isWaiting = this.held !== undefined;
    this.held = undefined;
    this.published = MAX_PROGRESS_REPORTS;
    return isWaiting;
  }

  private pass(now: number): void {
    this.published += 1;
    this.opensAt = now + PROGRESS_GAP_MS;
  }
}
