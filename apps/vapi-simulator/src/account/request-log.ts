/** One request to the REST API. */
export interface LoggedRequest {
  readonly method: string;
  /** With placeholders: `/tool/:id`. */
  readonly route: string;
  readonly path: string;
  /** ms since 1970. */
  readonly at: number;
  /** ms since the request before, of any route; undefined for the first. Monotonic. */
  readonly gapMs: number | undefined;
  /** Undefined while it is not answered, and when it was dropped. */
  readonly status: number | undefined;
}

/** What was asked of the REST API, in numbers. */
export interface RequestSummary {
  readonly total: number;
  /** By `POST /tool`, `PATCH /tool/:id` and so on. */
  readonly counts: Readonly<Record<string, number>>;
  /** Undefined with less than two requests. */
  readonly smallestGapMs: number | undefined;
  readonly requests: readonly LoggedRequest[];
}

/** A long load run must not grow for ever. */
const MAX_REQUESTS = 10_000;

/** Remembers the requests to the REST API, so that a test can see what a client did and how fast. */
export class RequestLog {
  private requests: LoggedRequest[] = [];
  private lastAtMs: number | undefined;

  /**
   * @param now ms since 1970
   * @param monotonic ms of a clock that never goes back
   */
  constructor(
    private readonly now: () => number,
    private readonly monotonic: () => number,
  ) {}

  /** A request came in. @returns what notes its status */
  arrived(request: Pick<LoggedRequest, 'method' | 'route' | 'path'>): (status: number) => void {
    const atMs = this.monotonic();
    const gapMs = this.lastAtMs === undefined ? undefined : Math.round((atMs - this.lastAtMs) * 1_000) / 1_000;
    this.lastAtMs = atMs;
    const logged = { ...request, at: this.now(), gapMs, status: undefined as number | undefined };
    this.requests.push(logged);
    if (this.requests.length > MAX_REQUESTS) this.requests.shift();
    return (status) => (logged.status = status);
  }

  summary(): RequestSummary {
    const counts: Record<string, number> = {};
    for (const { method, route } of this.requests) {
      counts[`${method} ${route}`] = (counts[`${method} ${route}`] ?? 0) + 1;
    }
    const gaps = this.requests.map(({ gapMs }) => gapMs).filter((gap) => gap !== undefined);
    const smallestGapMs = gaps.length === 0 ? undefined : Math.min(...gaps);
    return { total: this.requests.length, counts, smallestGapMs, requests: this.requests };
  }

  clear(): void {
    this.requests = [];
    this.lastAtMs = undefined;
  }
}
