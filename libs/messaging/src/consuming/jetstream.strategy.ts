import { Inject, Injectable, Optional } from '@nestjs/common';
import { Server } from '@nestjs/microservices';
import type { CustomTransportStrategy, MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { StreamName } from '@interject/contracts';
import { Log, SystemClock } from '@interject/observability';
import { MessagingConnection } from '../connection/messaging-connection.js';
import { MessagingMetrics } from '../messaging-metrics.js';
import { Burials } from './burials.js';
import { consumerLags } from './consumer-lag.js';
import { DeadLetters } from './dead-letters.js';
import { DeliveryRunner } from './delivery-runner.js';
import type { DeliveryRunnerPorts } from './delivery-runner.js';
import { SuspensionWatch } from './suspension-watch.js';

/** Second argument of `@EventPattern(subject, extras)`: which durable consumer a handler works on. */
export interface DeliveryHandlerExtras {
  readonly durable: string;
  readonly stream: StreamName;
  /** Messages in flight in this process, default 100. */
  readonly concurrency?: number;
  /** Default 4000: a job whose worker died is run again within 5 s. */
  readonly ackWaitMs?: number;
  /** Bound over all replicas, default 10,000. */
  readonly maxAckPending?: number;
  /** Where the durable begins when it is made: `all` (default) that is still stored, or `new`: what comes from then on. */
  readonly deliver?: 'all' | 'new';
  /** Called when the lease of a delivery is not extended any more, because its handler never ended. */
  readonly onLeaseCeiling?: () => void;
  /** Called when a message that its handler wanted to be kept as a dead letter could not be, DEAD_LETTERS being full. */
  readonly onLetterLost?: () => void;
}

const DEFAULTS = { concurrency: 100, ackWaitMs: 4000, maxAckPending: 10_000, deliver: 'all' } as const;
/** Services stop within 10 s in all, and workers are told to after the gateway: the rest is for giving back what is left. */
const DRAIN_LIMIT_MS = 6500;

/**
 * Nest's transport over JetStream: each handler is one durable pull consumer. A pattern is a filter subject.
 *
 * @example
 * ```ts
 * @EventPattern('calls.*.*.undelivered.*', { stream: Streams.CallEvents, durable: 'follow-up' })
 * onUndelivered(@Payload() data: unknown, @Ctx() context: DeliveryContext) {}
 * ```
 */
@Injectable()
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  /** This transport awaits its handlers and settles their failures itself. */
  override readonly propagatesEventHandlerErrors = true;
  private runners: DeliveryRunner[] = [];
  private readonly consumers: { readonly stream: StreamName; readonly durable: string }[] = [];
  private unlisten: (() => void) | undefined;
  private readonly runnerPorts: DeliveryRunnerPorts;

  constructor(
    @Inject(MessagingConnection) private readonly connection: MessagingConnection,
    @Inject(DeadLetters) deadLetters: DeadLetters,
    @Inject(Log) log: Log,
    @Optional() @Inject(MessagingMetrics) metrics?: MessagingMetrics,
  ) {
    super();
    metrics?.showConsumers(() => consumerLags(connection, this.consumers));
    const clock = new SystemClock();
    const burials = new Burials(deadLetters, clock, log);
    const suspensions = new SuspensionWatch(clock);
    this.runnerPorts = { connection, burials, suspensions, clock, log };
  }

  /** @throws Error when the pattern has a handler: the base class would chain both, and the second would settle again */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    if (!isEventHandler) {
      throw new Error('Nobody answers through JetStream: use @EventPattern instead of @MessagePattern.');
    }
    if (this.messageHandlers.has(this.normalizePattern(pattern as string))) {
      throw new Error(`Two handlers for '${String(pattern)}': keep one, or give each its own subject.`);
    }
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Starts all consumers; called by Nest. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => {
      callback();
    }, callback);
  }

  /** Stops pulling, waits for running handlers, gives back the rest; called by Nest. */
  async close(): Promise<void> {
    const runners = this.runners;
    this.runners = [];
    this.unlisten?.();
    await Promise.all(runners.map((runner) => runner.drain(DRAIN_LIMIT_MS)));
  }

  on(event: string): never {
    throw new Error(`There is no event '${event}': subscribe to the log or to the readiness check.`);
  }

  unwrap<T = MessagingConnection>(): T {
    return this.connection as T;
  }

  private async start(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      const runner = this.runnerFor(pattern, handler);
      this.runners.push(runner);
      await runner.start();
    }
    const { suspensions, log } = this.runnerPorts;
    this.unlisten = suspensions.listen((pauseMs) => {
      if (pauseMs > DEFAULTS.ackWaitMs) log.warn('this process stood still for longer than its leases', { pauseMs });
    });
  }

  private runnerFor(pattern: string, handler: MessageHandler): DeliveryRunner {
    const extras = (handler.extras ?? {}) as Partial<DeliveryHandlerExtras>;
    const { stream, durable } = extras;
    if (stream === undefined || durable === undefined) {
      throw new Error(
        `The handler of '${pattern}' names no stream and durable: @EventPattern(subject, { stream, durable }).`,
      );
    }
    const options = {
      stream,
      durable,
      filterSubject: pattern,
      concurrency: extras.concurrency ?? DEFAULTS.concurrency,
      ackWaitMs: extras.ackWaitMs ?? DEFAULTS.ackWaitMs,
      maxAckPending: extras.maxAckPending ?? DEFAULTS.maxAckPending,
      deliver: extras.deliver ?? DEFAULTS.deliver,
      ...(extras.onLeaseCeiling && { onLeaseCeiling: extras.onLeaseCeiling }),
      ...(extras.onLetterLost && { onLetterLost: extras.onLetterLost }),
    };
    // A failing @EventPattern handler comes back as an errored Observable, not as a rejection.
    const run = async (data: unknown, context: unknown): Promise<unknown> => {
      const result: unknown = await handler(data, context);
      return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
    };
    this.consumers.push({ stream, durable });
    return new DeliveryRunner(this.runnerPorts, options, run);
  }
}
