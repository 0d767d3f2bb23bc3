import { delay } from '@interject/observability';
import { CallEventNames, callToken, Streams, Subjects } from '@interject/contracts';
import type { EventFactory, ToolCallRequested } from '@interject/contracts';
import type { Clock, Log } from '@interject/observability';
import type { StopCode } from '../execution/attempt.js';
import type { JobSignal } from '../execution/job-signal.js';
import type { CallEndWatch } from '../execution/job.types.js';
import { AbortCodes } from '../tool-errors.js';
import { StopFeed } from './stop-feed.js';
import type { StopFeedSource } from './stop-feed.js';

/** Some 100 bytes each. */
const CAPACITY = 20_000;
const RETRY_MS = 1000;
const CALL_TOKEN = 2;
const KEY_TOKEN = 4;

interface Watched {
  readonly feed: StopFeed;
  /** Id in the feed. */
  readonly id: string;
  /** Where the fact is stored if it happened. */
  readonly subject: () => string;
  readonly code: StopCode;
}

export interface CallEventsWatchPorts {
  readonly source: StopFeedSource;
  readonly events: EventFactory;
  readonly clock: Clock;
  readonly log: Log;
}

/** Stops running jobs whose tool call was cancelled, or whose call ended if their tool wants that. */
export class CallEventsWatch implements CallEndWatch {
  private readonly jobs = new Map<string, Set<() => void>>();
  private readonly ended: StopFeed;
  private readonly cancelled: StopFeed;
  private readonly stopped = new AbortController();

  constructor(private readonly ports: CallEventsWatchPorts) {
    this.ended = this.feed(Subjects.callEventsNamed(CallEventNames.Ended, false), CALL_TOKEN);
    this.cancelled = this.feed(Subjects.callEventsNamed(CallEventNames.CancelRequested, true), KEY_TOKEN);
  }

  /**
   * Begins to listen, trying until the broker is there. Until then jobs look in the stream before they start.
   *
   * @param hearsEnds false if no tool of this worker is cancelled by the end of its call
   */
  async start(hearsEnds: boolean): Promise<void> {
    await Promise.all([this.startFeed(this.cancelled), ...(hearsEnds ? [this.startFeed(this.ended)] : [])]);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all([this.ended.stop(), this.cancelled.stop()]);
  }

  async watch(request: ToolCallRequested, job: JobSignal, askedAt: number, key: string): Promise<() => void> {
    const all = this.watchedOf(request, key);
    // Listen first, look second: what happens in between is heard.
    const unwatch = all.map((watched) => this.listen(watched, job));
    for (const watched of all) {
      if (await this.hasHappened(watched, askedAt)) job.stop(watched.code);
    }
    return () => {
      for (const end of unwatch) end();
    };
  }

  private watchedOf(request: ToolCallRequested, key: string): readonly Watched[] {
    const { events } = this.ports;
    const { callId } = request;
    const cancel: Watched = {
      feed: this.cancelled,
      id: key,
      subject: () => events.subjectOf(CallEventNames.CancelRequested, request),
      code: AbortCodes.Cancelled,
    };
    // A silent one is the replay of an ended call, and wanted all the same.
    if (request.onCallEnded === 'finish' || request.isSilent === true) return [cancel];
    const subject = (): string => events.ended({ callId, at: 0 }).subject;
    return [cancel, { feed: this.ended, id: callToken(callId), subject, code: AbortCodes.CallEnded }];
  }

  private listen({ id, code }: Watched, job: JobSignal): () => void {
    const stop = (): void => {
      job.stop(code);
    };
    const others = this.jobs.get(id) ?? new Set();
    this.jobs.set(id, others.add(stop));
    return () => {
      others.delete(stop);
      if (others.size === 0) this.jobs.delete(id);
    };
  }

  private async hasHappened({ feed, id, subject }: Watched, askedAt: number): Promise<boolean> {
    if (feed.has(id)) return true;
    // A call cannot have ended before it asked: a feed that goes back that far knows everything.
    if (feed.covers(askedAt)) return false;
    try {
      return (await this.ports.source.last(Streams.CallEvents, subject())) !== undefined;
    } catch (error) {
      this.ports.log.warn('could not look up whether a job is still wanted, it is run', { error });
      return false;
    }
  }

  private feed(subject: string, idToken: number): StopFeed {
    return new StopFeed(this.ports.source, this.ports.clock, {
      subject,
      idToken,
      capacity: CAPACITY,
      onStop: (id) => {
        for (const stop of this.jobs.get(id) ?? []) stop();
      },
    });
  }

  private async startFeed(feed: StopFeed): Promise<void> {
    while (!this.stopped.signal.aborted) {
      try {
        await feed.start();
        return;
      } catch (error) {
        this.ports.log.warn('call events cannot be heard yet, trying again', { error });
        await delay(this.ports.clock, RETRY_MS, this.stopped.signal);
      }
    }
  }
}
