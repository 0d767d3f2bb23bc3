import { setMaxListeners } from 'node:events';
import type { Msg } from 'nats';
import type { Clock, Log } from '@interject/observability';
import type { DeliveryContext } from './delivery-context.js';
import type { Burials } from './burials.js';
import { LeaseExtension } from './lease-extension.js';
import { PullConsumer } from './pull-consumer.js';
import type { PullConsumerOptions } from './pull-consumer.js';
import { RunningDelivery, SUSPENDED } from './running-delivery.js';
import { settle } from './settle.js';
import type { DeliveryOutcome } from './settle.js';
import type { SuspensionWatch } from './suspension-watch.js';
import type { MessagingConnection } from '../connection/messaging-connection.js';

/** Runs a handler; resolves when it is done, rejects with what it threw. */
export type DeliveryHandler = (data: unknown, context: DeliveryContext) => Promise<unknown>;

/** How long an aborted handler may take to notice. */
const ABORT_GRACE_MS = 500;

export interface DeliveryRunnerOptions extends PullConsumerOptions {
  /** Called when the lease of a delivery is not extended any more. */
  readonly onLeaseCeiling?: () => void;
  /** Called when a message that was to be kept as a dead letter could not be. */
  readonly onLetterLost?: () => void;
}

export interface DeliveryRunnerPorts {
  readonly connection: MessagingConnection;
  readonly burials: Burials;
  readonly suspensions: SuspensionWatch;
  readonly clock: Clock;
  readonly log: Log;
}

/** One handler on one durable consumer: fetch, run, settle. */
export class DeliveryRunner {
  private readonly consumer: PullConsumer;
  private readonly leases: LeaseExtension<RunningDelivery>;
  private readonly running = new Map<RunningDelivery, Promise<void>>();
  /** Of the deliveries taken since this process last stood still. */
  private draining = new AbortController();
  private readonly log: Log;

  constructor(
    private readonly ports: DeliveryRunnerPorts,
    private readonly options: DeliveryRunnerOptions,
    private readonly handler: DeliveryHandler,
  ) {
    const { connection, clock, log } = ports;
    this.log = log;
    this.leases = new LeaseExtension({
      ackWaitMs: options.ackWaitMs,
      clock,
      onCeiling: (delivery) => {
        this.giveUp(delivery);
      },
    });
    const onMessage = (message: Msg): void => {
      this.take(message);
    };
    const onSuspended = (): void => {
      this.giveUpWaiting();
    };
    const { suspensions } = ports;
    this.consumer = new PullConsumer({ connection, suspensions, log, onMessage, onSuspended }, options);
    // Every delivery that waits listens to it.
    setMaxListeners(0, this.draining.signal);
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  /**
   * Stops pulling, tells handlers that have not begun yet to give their message back, waits for the others up to
   * `limitMs`, then aborts their signals and gives back what is left.
   */
  async drain(limitMs: number): Promise<void> {
    const stopped = this.consumer.stop();
    this.draining.abort(new Error('shutdown'));
    // Without a connection nothing can be stored or settled any more.
    await this.idle(this.ports.connection.isClosed ? 0 : limitMs);
    await stopped;
    for (const delivery of this.running.keys()) delivery.abandon(new Error('shutdown'));
    await this.idle(ABORT_GRACE_MS);
    for (const delivery of this.running.keys()) {
      this.leases.remove(delivery);
      delivery.nak(0);
    }
  }

  private async idle(limitMs: number): Promise<void> {
    if (this.running.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.all(this.running.values()), limit]);
    clearTimeout(timer);
  }

  private take(message: Msg): void {
    const { stream } = this.options;
    const { clock, connection } = this.ports;
    const ports = { stream, clock, draining: this.draining.signal, places: this.consumer, acks: connection.acks };
    const delivery = new RunningDelivery(message, ports);
    this.leases.add(delivery);
    const done = this.run(delivery).finally(() => {
      this.release(delivery);
    });
    this.running.set(delivery, done);
  }

  /** This process stood still: what has not begun here is left to those who have it by now. What has begun is ended. */
  private giveUpWaiting(): void {
    const { draining } = this;
    if (draining.signal.aborted) return;
    this.draining = new AbortController();
    setMaxListeners(0, this.draining.signal);
    draining.abort(SUSPENDED);
  }

  private release(delivery: RunningDelivery): void {
    if (!delivery.release()) return;
    this.leases.remove(delivery);
    this.running.delete(delivery);
    this.consumer.settled();
  }

  /**
   * The lease has reached its ceiling: the handler is taken for dead. Its place is free, the message comes again, here
   * or elsewhere, and the stop of the service does not wait for it.
   */
  private giveUp(delivery: RunningDelivery): void {
    this.warn('a handler did not end in time, its message is given up and comes again', delivery);
    this.options.onLeaseCeiling?.();
    delivery.abandon(new Error('lease ceiling'));
    this.release(delivery);
  }

  /** Never rejects. */
  private async run(delivery: RunningDelivery): Promise<void> {
    const outcome = await this.outcomeOf(delivery);
    const settlement = settle(outcome, delivery.context.deliveryCount);
    switch (settlement.kind) {
      case 'ack':
        delivery.ack();
        return;
      case 'nak':
        if (outcome.kind === 'failed' && !isHandedBack(delivery, outcome.error)) {
          this.warn('a delivery failed and comes again', delivery, outcome.error);
        }
        delivery.nak(settlement.delayMs);
        return;
      case 'dead-letter':
        await this.bury(delivery, settlement.reason, outcome);
    }
  }

  private async outcomeOf(delivery: RunningDelivery): Promise<DeliveryOutcome> {
    let data: unknown;
    try {
      data = JSON.parse(Buffer.from(delivery.stored.data).toString('utf8'));
    } catch {
      return { kind: 'unparseable' };
    }
    try {
      await this.handler(data, delivery.context);
      const { keptAs } = delivery;
      return { kind: 'handled', ...(keptAs !== undefined && { keptAs }) };
    } catch (error) {
      return delivery.context.signal.aborted ? { kind: 'abandoned' } : { kind: 'failed', error };
    }
  }

  /** Publish first, then settle: the other way round a crash in between would lose it. */
  private async bury(delivery: RunningDelivery, reason: string, outcome: DeliveryOutcome): Promise<void> {
    const { durable, stream, onLetterLost } = this.options;
    const { deliveryCount } = delivery.context;
    const burial = { stream, reason, deliveryCount, durable };
    const end = await this.ports.burials.bury(delivery.stored, burial, outcome.kind === 'handled');
    switch (end.kind) {
      case 'stored':
        this.warn('a message became a dead letter', delivery, outcome.kind === 'failed' ? outcome.error : undefined);
        delivery.term();
        return;
      case 'again':
        delivery.nak(end.delayMs);
        return;
      case 'lost':
        onLetterLost?.();
        delivery.ack();
    }
  }

  private warn(text: string, delivery: RunningDelivery, error?: unknown): void {
    const { sequence, deliveryCount } = delivery.context;
    const { durable, stream } = this.options;
    this.log.warn(text, { durable, stream, sequence, deliveryCount, error });
  }
}

/** At a stop, or after a pause, that is as it should be. */
function isHandedBack({ context }: RunningDelivery, error: unknown): boolean {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { readonly code?: unknown };
  return context.draining.aborted && code === 'shutdown';
}
