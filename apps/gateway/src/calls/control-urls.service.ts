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

/** Calls whose control URL this replica remembers having stored. Forgetting one costs a write. */
const REMEMBERED_CALLS = 20_000;
/** A webhook that cannot be taken is answered 503 within 2 s (DESIGN section 3). */
const LOOK_LIMIT_MS = 1500;
const ENDED = Symbol('ended');

/** Keeps the control URL of each live call where the notifier finds it. The URL is a secret: it goes nowhere else. */
@Injectable()
export class ControlUrls {
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

  /**
   * Stores the URL if it is new or changed, and the call has not ended.
   *
   * @throws MessagingError when it could not be stored, or it is not known whether the call has ended
   */
  async remember(callId: string, controlUrl: string | undefined): Promise<void> {
    if (controlUrl === undefined) return;
    const known = this.stored.get(callId);
    // Webhooks come in any order; one that is late must not bring back what the call's end removed.
    if (known === controlUrl || this.hasEndedHere(callId)) return;
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
