import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Buckets, callToken } from '@interject/contracts';
import { KvStore } from '@interject/messaging';
import { Log } from '@interject/observability';
import { checkControlUrl, parseAllowedOrigins } from '@interject/vapi';
import { GatewayConfig } from '../gateway.config.js';
import { GatewayMetrics } from '../gateway-metrics.js';

/** Calls whose control URL this replica remembers having stored. Forgetting one costs a write. */
const REMEMBERED_CALLS = 20_000;
const ENDED = Symbol('ended');

/** Keeps the control URL of each live call where the notifier finds it. The URL is a secret: it goes nowhere else. */
@Injectable()
export class ControlUrls {
  private readonly stored = new LRUCache<string, string | typeof ENDED>({ max: REMEMBERED_CALLS });
  private readonly allowedOrigins: readonly string[];

  constructor(
    @Inject(GatewayConfig) config: GatewayConfig,
    @Inject(KvStore) private readonly kv: KvStore,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
    @Inject(Log) private readonly log: Log,
  ) {
    this.allowedOrigins = parseAllowedOrigins(config.controlUrlAllowedOrigins);
  }

  /**
   * Stores the URL if it is new or changed.
   *
   * @throws MessagingError when it could not be stored
   */
  async remember(callId: string, controlUrl: string | undefined): Promise<void> {
    if (controlUrl === undefined) return;
    const known = this.stored.get(callId);
    // Webhooks come in any order; one that is late must not bring back what the call's end removed.
    if (known === controlUrl || known === ENDED) return;
    const check = checkControlUrl(controlUrl, callId, this.allowedOrigins);
    if (!check.ok) {
      this.metrics.controlUrlsRefused.inc({ problem: check.problem });
      this.log.warn('control URL refused: if it is a simulator, list its origin in VAPI_CONTROL_URL_ALLOWED_ORIGINS', {
        callId,
        problem: check.problem,
      });
      return;
    }
    await this.kv.bucket(Buckets.Control).put(callToken(callId), JSON.stringify({ callId, controlUrl }));
    this.stored.set(callId, controlUrl);
  }

  /** The call is over; the notifier removes the URL when it has taken note of that. */
  ended(callId: string): void {
    this.stored.set(callId, ENDED);
  }
}
