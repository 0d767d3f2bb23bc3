import { Streams } from '@interject/contracts';
import type { OrderedReader, StreamReader } from '@interject/messaging';
import type { Clock } from '@interject/observability';

/** What the feed reads with; the `StreamReader` of @interject/messaging fits. */
export type FeedSource = Pick<StreamReader, 'read' | 'last'>;

/** What a stop feed reads with; the `StreamReader` fits again. */
export type StopFeedSource = FeedSource & Pick<StreamReader, 'at'>;

export interface StopFeedOptions {
  /** Which call events, with wildcards. */
  readonly subject: string;
  /** Which token of the subject is the id, from 0. */
  readonly idToken: number;
  /** Ids kept; older ones are looked up in the stream. */
  readonly capacity: number;
  onStop(id: string): void;
}

/**
 * So many messages of before the start are read too (of those, the few that are facts of this kind): the jobs that wait for
 * a worker that starts would otherwise be looked up one by one.
 */
const HEAD_START = 10_000;
/** How well it is known when a tool call was asked for. */
const CLOCK_SKEW_MS = 5000;

/**
 * All facts of one kind (`ended`, `cancel-requested`) from shortly before now on, by one reader for the whole process: a job then
 * costs two look-ups in memory instead of a consumer or a request of its own.
 */
export class StopFeed {
  /** Ids in the order they came, with when that was, by our clock. */
  private readonly seen = new Map<string, number>();
  private completeSince = Number.POSITIVE_INFINITY;
  private reader: OrderedReader | undefined;

  constructor(
    private readonly source: StopFeedSource,
    private readonly clock: Clock,
    private readonly options: StopFeedOptions,
  ) {}

  /** @throws MessagingError when the stream cannot be read just now */
  async start(): Promise<void> {
    const startedAt = this.clock.now();
    const newest = await this.source.last(Streams.CallEvents, 'calls.>');
    const fromSequence = Math.max(1, (newest?.sequence ?? 0) + 1 - HEAD_START);
    const oldest = await this.source.at(Streams.CallEvents, fromSequence);
    // Both by the broker's clock: so long at least before the start begins what is read.
    const spanMs = newest === undefined || oldest === undefined ? 0 : newest.storedAt - oldest.storedAt;
    this.reader = await this.source.read({
      stream: Streams.CallEvents,
      subject: this.options.subject,
      fromSequence,
      onMessage: ({ subject }) => {
        this.take(subject);
      },
      onCaughtUp: () => {
        this.completeSince = fromSequence === 1 ? Number.NEGATIVE_INFINITY : startedAt - spanMs;
      },
    });
  }

  async stop(): Promise<void> {
    await this.reader?.stop();
  }

  has(id: string): boolean {
    return this.seen.has(id);
  }

  /** True if nothing that was stored since `time` (ms since the epoch, our clock) was missed or forgotten. */
  covers(time: number): boolean {
    return time > this.completeSince + CLOCK_SKEW_MS;
  }

  private take(subject: string): void {
    const id = subject.split('.')[this.options.idToken];
    if (id === undefined) return;
    this.seen.set(id, this.clock.now());
    for (const [oldest, at] of this.seen) {
      if (this.seen.size <= this.options.capacity) break;
      this.seen.delete(oldest);
      this.completeSince = Math.max(this.completeSince, at);
    }
    this.options.onStop(id);
  }
}
