import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECRET } from '../../harness/environment.js';
import type { Delivery, Route, Webhook } from './vapi.types.js';

/** What came of one attempt: a status, `timeout`, or the error's code. */
export interface Attempt {
  readonly at: number;
  readonly outcome: string;
  /** The body, when it was answered 200. */
  readonly body?: string;
}

/** `server.timeoutSeconds` and `server.backoffPlan` of tool and assistant (VAPI.md 4): any answer but 2xx comes again. */
const TIMEOUT_MS = 5000;
const MAX_RETRIES = 10;
const BASE_DELAY_MS = 1000;

/** Sends webhooks as Vapi does: without waiting for each other, each repeated by the backoff plan. */
export class WebhookSender {
  /** Where webhooks go. */
  port = 0;
  /** How each webhook is delivered. */
  route: Route = () => [{ delayMs: 0 }];
  private readonly attempts: Omit<Attempt, 'body'>[] = [];
  /**
   * Connections to the balancer are kept, those to the gateways are new each time. Node 20 accepts one connection in each turn of
   * the event loop (libuv 1.46): on a busy machine new ones wait for longer than {@link TIMEOUT_MS}, their repeats make more of
   * them, and it never ends.
   */
  private readonly agent = new Agent({ keepAlive: true });
  private readonly underWay = new Set<Promise<unknown>>();
  private isStopped = false;

  /**
   * Resolves with whether any delivery was answered 200. Never rejects.
   *
   * @param onAttempt told of each attempt of each delivery
   */
  send(webhook: Webhook, onAttempt: (attempt: Attempt) => void = () => undefined): Promise<boolean> {
    const deliveries = this.route(webhook).map((delivery) => this.deliver(webhook, delivery, onAttempt));
    const sent = Promise.all(deliveries).then((taken) => taken.includes(true));
    this.underWay.add(sent);
    void sent.finally(() => this.underWay.delete(sent));
    return sent;
  }

  /** Attempts that left between two moments, by what came of them. */
  answers(from: number, until: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { at, outcome } of this.attempts) {
      if (at >= from && at < until) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    return counts;
  }

  /** Gives up what is still under way, and resolves when nothing is. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.agent.destroy();
    await Promise.all(this.underWay);
  }

  private async deliver(
    webhook: Webhook,
    { delayMs, resetAfterMs }: Delivery,
    onAttempt: (attempt: Attempt) => void,
  ): Promise<boolean> {
    if (delayMs > 0) await sleep(delayMs);
    const body = JSON.stringify({ message: webhook.message });
    for (let retry = 0; retry <= MAX_RETRIES && !this.isStopped; retry += 1) {
      if (retry > 0) await sleep(BASE_DELAY_MS);
      const at = performance.now();
      const answer = await this.attempt(webhook.callId, body, retry === 0 ? resetAfterMs : undefined);
      this.attempts.push({ at, outcome: answer.outcome });
      onAttempt({ at, ...answer });
      if (answer.outcome.startsWith('2')) return true;
    }
    return false;
  }

  private attempt(callId: string, body: string, resetAfterMs?: number): Promise<Omit<Attempt, 'at'>> {
    return new Promise((resolve) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-vapi-secret': SECRET,
        'x-call-id': callId,
      };
      const outgoing = request(
        { host: '127.0.0.1', port: this.port, path: '/vapi/webhook', method: 'POST', headers, agent: this.agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', fail);
          response.once('end', () => {
            clearTimeout(timer);
            const outcome = String(response.statusCode);
            resolve(outcome === '200' ? { outcome, body: Buffer.concat(chunks).toString() } : { outcome });
          });
        },
      );
      const timer = setTimeout(() => outgoing.destroy(new Error('timeout')), TIMEOUT_MS);
      const fail = (error: NodeJS.ErrnoException): void => {
        clearTimeout(timer);
        resolve({ outcome: error.code ?? error.message });
      };
      outgoing.once('error', fail);
      outgoing.end(body, () => {
        if (resetAfterMs !== undefined) {
          setTimeout(() => outgoing.destroy(new Error('reset by the sender')), resetAfterMs);
        }
      });
    });
  }
}
