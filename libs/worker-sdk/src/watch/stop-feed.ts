import { Streams } from '@interject/contracts';
import type { OrderedReader, StreamReader } from '@interject/messaging';
import type { Clock } from '@interject/observability';

/** What the feed reads with; the `StreamReader` of @interject/messaging fits. */
export type FeedSource = Pick<StreamReader, 'read' | 'last'>;

export interface StopFeedOptions {
  /** Which call events, with wildcards. */
  readonly subject: string;
  /** Which token of the subject is the id, from 0. */
  readonly idToken: number;
  /** Ids kept; older ones are looked up in the stream. */
  readonly capacity: number;
  onStop(id: string): void;
}

/** Between the gateway's clock, ours and the server's. */
const CLOCK_SKEW_MS = 5000;

/**
 * All facts of one kind (`ended`, `cancel-requested`) from now on, by one reader for the whole process: a job then
 * costs two look-ups in memory instead of a consumer or a request of its own.
 */
export class StopFeed {
  /** Ids in the order they came. */
  private readonly seen = new Map<string, number>();
  private completeSince = Number.POSITIVE_INFINITY;
  private reader: OrderedReader | undefined;

  constructor(
    private readonly source: FeedSource,
    private readonly clock: Clock,
    private readonly options: StopFeedOptions,
  ) {}

  /** @throws MessagingError when the stream cannot be read just now */
  async start(): Promise<void> {
    const startedAt = this.clock.now();
    const newest = await this.source.last(Streams.CallEvents, 'calls.>');
    this.reader = await this.source.read({
      stream: Streams.CallEvents,
      subject: this.options.subject,
      fromSequence: (newest?.sequence ?? 0) + 1,
      onMessage: ({ subject, storedAt }) => {
        this.take(subject, storedAt);
      },
    });
    this.completeSince = startedAt;
  }

  async stop(): Promise<void> {
    await this.reader?.stop();
  }

  has(id: string): boolean {
    return this.seen.has(id);
  }

  /** True if nothing that was stored since `time` (ms since the epoch) was missed or forgotten. */
  covers(time: number): boolean {
    return time > this.completeSince + CLOCK_SKEW_MS;
  }

  private take(subject: string, storedAt: number): void {
    const id = subject.split('.')[this.options.idToken];
    if (id === undefined) return;
    this.seen.set(id, storedAt);
    for (const [oldest, at] of this.seen) {
      if (this.seen.size <= this.options.capacity) break;
      this.seen.delete(oldest);
      this.completeSince = Math.max(this.completeSince, at);
    }
    this.options.onStop(id);
  }
}
