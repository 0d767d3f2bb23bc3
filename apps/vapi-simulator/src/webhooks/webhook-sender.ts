import { sleep, type Clock } from '../clock/clock.types.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { isJsonObject, type JsonObject } from '../scenario/json.types.js';
import type { BackoffPlan, WebhookRoute } from '../scenario/stored.types.js';
import type { CallLog } from '../transcript/call-log.js';
import { nextAttemptInMs } from './backoff.js';
import { presignedUrls } from './presigned.js';
import { readReply, type ReplyEntry } from './reply.js';
import type { WebhookClient } from './webhook-client.js';

export interface SenderOptions {
  readonly callId: string;
  readonly client: WebhookClient;
  readonly clock: Clock;
  readonly log: CallLog;
  readonly faults: FaultPlan;
  readonly backoffPlan: BackoffPlan | undefined;
  readonly timeoutSeconds: number;
  /** Gives everything up. */
  readonly signal: AbortSignal;
}

/** A webhook to be delivered; `calls` are the tool calls it holds, in order. */
export interface OutgoingMessage {
  readonly type: string;
  readonly message: JsonObject;
  readonly calls: readonly { readonly id: string; readonly tool: string }[];
  /** How often it is delivered, each time with attempts of its own. */
  readonly deliver: number;
  /** Ms until the first attempt leaves. */
  readonly delayMs: number;
  /** Sent as it is instead of the message. */
  readonly rawBody?: string;
  /** Where it goes instead of the target of the run, with its own patience and repeats. */
  readonly to?: WebhookRoute | undefined;
}

interface AttemptOutcome {
  readonly status: number | undefined;
  readonly problem: string | undefined;
  readonly entries: readonly ReplyEntry[];
}

/** Delivers the webhooks of one call: repeats by the backoff plan with the same ids and new presigned URLs. */
export class WebhookSender {
  private readonly underWay = new Set<Promise<unknown>>();
  private nextDelivery = 1;

  constructor(private readonly options: SenderOptions) {}

  /** Sends without waiting for others; settles with the tool calls' answers of the first delivery. Never rejects. */
  send(outgoing: OutgoingMessage): {
    readonly deliveries: readonly number[];
    readonly entries: Promise<readonly ReplyEntry[]>;
  } {
    const deliveries = Array.from({ length: outgoing.deliver }, () => this.nextDelivery++);
    const answers = deliveries.map((delivery) => this.track(this.deliver(outgoing, delivery)));
    return { deliveries, entries: answers[0] ?? Promise.resolve([]) };
  }

  /** Settles when no delivery is under way any more. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
    return work;
  }

  private async deliver(outgoing: OutgoingMessage, delivery: number): Promise<readonly ReplyEntry[]> {
    const { clock, faults, log, signal } = this.options;
    if (outgoing.delayMs > 0) await sleep(clock, outgoing.delayMs, signal);
    const fate = faults.webhook({
      type: outgoing.type,
      status: textOf(outgoing.message['status']),
      role: textOf(outgoing.message['role']),
    });
    if (fate?.kind === 'lost') {
      log.record({ type: 'webhook-lost', message: nameOf(outgoing), cause: fate.cause });
      return [];
    }
    if (fate?.kind === 'held') {
      log.record({ type: 'webhook-held', message: nameOf(outgoing), holdMs: fate.holdMs, cause: fate.cause });
      await sleep(clock, fate.holdMs, signal);
    }
    if (fate?.kind === 'twice') void this.track(this.again(outgoing, fate.againAfterMs));
    return this.attempts(outgoing, delivery);
  }

  private async again(outgoing: OutgoingMessage, afterMs: number): Promise<void> {
    const delivery = this.nextDelivery++;
    await sleep(this.options.clock, afterMs, this.options.signal);
    await this.attempts(outgoing, delivery);
  }

  private async attempts(outgoing: OutgoingMessage, delivery: number): Promise<readonly ReplyEntry[]> {
    const { clock, faults, log, signal } = this.options;
    const plan = outgoing.to === undefined ? this.options.backoffPlan : outgoing.to.backoffPlan;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const startedAtMs = clock.nowMs();
      const outcome = await this.attempt(outgoing);
      if (signal.aborted) break;
      const pauseMs = nextAttemptInMs(plan, attempt, outcome.status);
      const tookMs = clock.nowMs() - startedAtMs;
      const last = pauseMs === undefined;
      log.record({ type: 'webhook-answered', delivery, message: outgoing.type, attempt, tookMs, last, ...outcome });
      faults.gatewayAnswered(outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300);
      if (pauseMs === undefined) return outcome.entries;
      await sleep(clock, pauseMs, signal);
    }
    return [];
  }

  private async attempt(outgoing: OutgoingMessage): Promise<AttemptOutcome> {
    const { callId, client, clock, signal } = this.options;
    const { to } = outgoing;
    const timeoutSeconds = to?.timeoutSeconds ?? this.options.timeoutSeconds;
    // One controller per attempt: `AbortSignal.any` keeps every composite alive as long as the run's signal.
    const abort = new AbortController();
    let timedOut = false;
    const giveUp = (): void => abort.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    const stopTimer = clock.after(timeoutSeconds * 1_000, () => {
      timedOut = true;
      abort.abort();
    });
    try {
      const body = this.body(outgoing);
      const isChat = outgoing.message['chat'] !== undefined;
      const response = await client.post({
        callId: isChat ? undefined : callId,
        url: to?.url,
        headers: to?.headers,
        body,
        epochMs: clock.epochMs(),
        signal: abort.signal,
      });
      return {
        status: response.status,
        problem: undefined,
        entries: readReply({ ...response, calls: outgoing.calls }),
      };
    } catch (error) {
      const problem = timedOut ? `no answer within ${timeoutSeconds} s` : connectionProblem(error);
      return { status: undefined, problem, entries: [] };
    } finally {
      stopTimer();
      signal.removeEventListener('abort', giveUp);
    }
  }

  private body({ message, rawBody }: OutgoingMessage): string {
    if (rawBody !== undefined) return rawBody;
    const { callId, clock } = this.options;
    const artifact = isJsonObject(message['artifact']) ? message['artifact'] : {};
    return JSON.stringify({
      message: { ...message, artifact: { ...artifact, ...presignedUrls(callId, clock.epochMs()) } },
    });
  }
}

/** Its type, and what else tells it from others of the type. */
function nameOf({ type, message }: OutgoingMessage): string {
  return [type, textOf(message['role']), textOf(message['status'])].filter((part) => part !== undefined).join(' ');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function connectionProblem(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? `no connection (${code})` : 'no connection';
}
