import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Streams } from '@interject/contracts';
import type { StreamName } from '@interject/contracts';
import { isMessagingError, StreamReader } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { AdmissionMetrics } from './admission-metrics.js';

/** A stream fills up within minutes at the least: 512 MiB at 10 MB a second are 50 s. */
const LOOK_MS = 2000;
/** Rest of a stream: 10 MB of 512 MiB, two records for each of some 10,000 tool calls that are under way. */
const FULL_RATIO = 0.98;
/** Not open and shut with every record that ages out. */
const ROOM_RATIO = 0.97;

/** A tool call needs room in these after it was stored: for its result, and for the record of what was said. */
const WATCHED = [Streams.CallEvents, Streams.Utterances] as const;

/**
 * Watches how full the streams are that tool calls end up in. A result that cannot be stored, or not be said for want of a
 * record, is worse than a tool call that is refused: who called it can be told so.
 */
@Injectable()
export class StoreWatch implements OnModuleInit, OnApplicationShutdown {
  private readonly full = new Set<StreamName>();
  private timer: unknown;
  private isStopped = false;

  constructor(
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(AdmissionMetrics) private readonly metrics: AdmissionMetrics,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** False: no new tool calls, as of the last look. */
  get hasRoom(): boolean {
    return this.full.size === 0;
  }

  async onModuleInit(): Promise<void> {
    await this.lookAgainAndAgain();
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    this.clock.clearTimeout(this.timer);
  }

  private async lookAgainAndAgain(): Promise<void> {
    await Promise.all([...WATCHED.map((stream) => this.look(stream)), this.countDeadLetters()]);
    if (this.isStopped) return;
    this.timer = this.clock.setTimeout(() => {
      void this.lookAgainAndAgain();
    }, LOOK_MS);
  }

  /** Never rejects: what cannot be asked is as full as it was. */
  private async look(stream: StreamName): Promise<void> {
    try {
      const ratio = await this.reader.fillRatio(stream);
      this.metrics.streamFill.set({ stream }, ratio);
      this.take(stream, ratio);
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      this.log.debug('how full a stream is cannot be asked', { stream, error });
    }
  }

  /** Never rejects. For the metrics alone: no worker could tell while it is down. */
  private async countDeadLetters(): Promise<void> {
    try {
      this.metrics.deadLetters.set(await this.reader.messageCount(Streams.DeadLetters));
    } catch (error) {
      if (!isMessagingError(error)) throw error;
      this.log.debug('how many dead letters there are cannot be asked', { error });
    }
  }

  private take(stream: StreamName, ratio: number): void {
    if (ratio >= FULL_RATIO && !this.full.has(stream)) {
      this.full.add(stream);
      this.log.error('a stream is full: tool calls are refused until there is room, raise its max_bytes', {
        stream,
        ratio,
      });
    } else if (ratio < ROOM_RATIO && this.full.delete(stream)) {
      this.log.info('a stream has room again', { stream, ratio });
    }
  }
}
