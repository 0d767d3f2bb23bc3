import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Buckets, CallEventNames, callToken, partitionOf, Streams, Subjects } from '@interject/contracts';
import { EventPublisher, KvStore, StreamReader } from '@interject/messaging';
import { Log } from '@interject/observability';
import { Clock } from '@interject/runtime';
import { checkControlUrl, parseAllowedOrigins } from '@interject/vapi';
import { GatewayConfig } from '../gateway.config.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import { withTimeLimit } from '../time-limit.js';

/**
 * Calls whose control URL this replica remembers having stored, live and ended ones: 600 bytes each. With more of them at a
 * time, every webhook of a forgotten one costs a look and a write.
 */
const REMEMBERED_CALLS = 100_000;
/** Calls whose URL is being stored at a time; beyond, events that may be lost do not begin more of it. */
const MAX_STORING = 500;
/** A webhook that cannot be taken is answered 503 within 2 s (DESIGN section 3). */
const LOOK_LIMIT_MS = 1500;
const ENDED = Symbol('ended');

/** Keeps the control URL of each live call where the notifier finds it. The URL is a secret: it goes nowhere else. */
@Injectable()
export class ControlUrls {
  /** By call: the URL that is on its way, so that the first webhooks of a call, which come all at once, write it once. */
  private readonly storing = new Map<string, { readonly controlUrl: string; readonly done: Promise<void> }>();
  private readonly stored = new LRUCache<string, string | typeof ENDED>({ max: REMEMBERED_CALLS });
  private readonly allowedOrigins: readonly string[];

  constructor(
    @Inject(GatewayConfig) config: GatewayConfig,
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(StreamReader) private readonly reader: StreamReader,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Log) private readonly log: Log,
  ) {
    this.allowedOrigins = parseAllowedOrigins(config.controlUrlAllowedOrigins);
  }

  /** True when {@link remember} has something to do. */
  isNews(callId: string, controlUrl: string | undefined): controlUrl is string {
    if (controlUrl === undefined) return false;
    const known = this.stored.get(callId);
    // Webhooks come in any order; one that is late must not bring back what the call's end removed.
    return known !== controlUrl && known !== ENDED;
  }

  /** True while as many URLs are being stored as may be. */
  get isBusy(): boolean {
    return this.storing.size >= MAX_STORING;
  }

  /**
   * Stores the URL if it is new or changed, and the call has not ended.
   *
   * @throws MessagingError when it could not be stored, or it is not known whether the call has ended
   */
  async remember(callId: string, controlUrl: string | undefined): Promise<void> {
    if (!this.isNews(callId, controlUrl)) return;
    const underWay = this.storing.get(callId);
    if (underWay?.controlUrl === controlUrl) return underWay.done;
    const done = this.store(callId, controlUrl).finally(() => {
      if (this.storing.get(callId)?.done === done) this.storing.delete(callId);
    });
    this.storing.set(callId, { controlUrl, done });
    return done;
  }

  private async store(callId: string, controlUrl: string): Promise<void> {
    const check = checkControlUrl(controlUrl, callId, this.allowedOrigins);
    if (!check.ok) {
      this.metrics.controlUrlsRefused.inc({ problem: check.problem });
      this.log.warn('control URL refused: if it is a simulator, list its origin in VAPI_CONTROL_URL_ALLOWED_ORIGINS', {
        callId,
        problem: check.problem,
      });
      return;
    }
    // Another replica may have taken the end: this one would keep the URL of a finished call for a day.
    if (await this.hasEnded(callId)) {
      this.ended(callId);
      return;
    }
    const bucket = this.kv.bucket(Buckets.Control);
    await bucket.put(callToken(callId), JSON.stringify({ callId, controlUrl }));
    if (this.hasEndedHere(callId)) await bucket.purge(callToken(callId));
    else this.stored.set(callId, controlUrl);
  }

  /** The call is over; the notifier removes the URL when it has taken note of that. */
  ended(callId: string): void {
    this.stored.set(callId, ENDED);
  }

  private hasEndedHere(callId: string): boolean {
    return this.stored.get(callId) === ENDED;
  }

  private async hasEnded(callId: string): Promise<boolean> {
    const partition = partitionOf(callId, this.publisher.events.partitions);
    const subject = Subjects.callEvent(partition, callToken(callId), CallEventNames.Ended);
    const last = this.reader.last(Streams.CallEvents, subject);
    return (await withTimeLimit(this.clock, last, LOOK_LIMIT_MS)) !== undefined;
  }
}
