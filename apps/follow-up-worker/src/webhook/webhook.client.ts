import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@interject/observability';
import { NonRetryableError, ToolError } from '@interject/worker-sdk';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { FollowUpConfig } from '../follow-up.config.js';
import { FollowUpMetrics } from '../follow-up-metrics.js';
import { judgeAnswer } from './judge-answer.js';
import { signatureOf } from './signature.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Nobody reads the answer's body; a small one is taken in so that the connection can be used again. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts follow-ups to the configured webhook. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  // The handler's own deadline comes through the signal.
  private readonly agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });

  constructor(
    private readonly config: FollowUpConfig,
    private readonly clock: Clock,
    private readonly metrics: FollowUpMetrics,
  ) {}

  /**
   * @param body JSON
   * @param idempotencyKey the same for every repeat
   * @param signal ends the request
   * @returns the status, 200 to 299
   * @throws ToolError retryable when the webhook cannot be reached or is busy; NonRetryableError when it refuses
   */
  async send(body: string, idempotencyKey: string, signal: AbortSignal): Promise<number> {
    const { statusCode, headers } = await this.post(body, idempotencyKey, signal);
    const retryAfter = headers['retry-after'];
    judgeAnswer(statusCode, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, this.clock.now());
    return statusCode;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async post(body: string, idempotencyKey: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { webhookUrl, webhookSecret } = this.config;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'interject-follow-up-worker',
      'idempotency-key': idempotencyKey,
      ...(webhookSecret !== undefined && {
        'x-interject-signature': signatureOf(webhookSecret, body, this.clock.now()),
      }),
    };
    const startedAt = this.clock.monotonic();
    let response: Dispatcher.ResponseData | undefined;
    try {
      response = await request(webhookUrl, { method: 'POST', headers, body, signal, dispatcher: this.agent });
    } catch (cause) {
      // For example an id that no header can carry: it never will.
      if ((cause as { readonly code?: unknown } | undefined)?.code === 'UND_ERR_INVALID_ARG') {
        throw new NonRetryableError('The follow-up gives no HTTP request.', { code: 'webhook-request-invalid', cause });
      }
      throw ToolError.retryable('The webhook cannot be reached.', { code: 'webhook-unreachable', cause });
    } finally {
      this.metrics.posted(response?.statusCode, this.clock.monotonic() - startedAt);
    }
    // The status has decided: a body that breaks off changes nothing.
    await response.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => undefined);
    return response;
  }
}
