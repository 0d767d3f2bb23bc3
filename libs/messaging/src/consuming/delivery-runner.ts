import { setMaxListeners } from 'node:events';
import type { Msg } from 'nats';
import type { Clock, Log } from '@interject/observability';
import type { DeliveryContext } from './delivery-context.js';
import type { DeadLetters } from './dead-letters.js';
import { LeaseExtension } from './lease-extension.js';
import { PullConsumer } from './pull-consumer.js';
import type { PullConsumerOptions } from './pull-consumer.js';
import { RunningDelivery } from './running-delivery.js';
import type { DeliveryPorts } from './running-delivery.js';
import { settle } from './settle.js';
import type { DeliveryOutcome } from './settle.js';
import type { MessagingConnection } from '../connection/messaging-connection.js';

/** Runs a handler; resolves when it is done, rejects with what it threw. */
export type DeliveryHandler = (data: unknown, context: DeliveryContext) => Promise<unknown>;

/** How long an aborted handler may take to notice. */
const ABORT_GRACE_MS = 500;
/** A dead letter that could not be stored is tried again after this. */
const DEAD_LETTER_RETRY_MS = 1000;

export interface DeliveryRunnerOptions extends PullConsumerOptions {
  /** Called when the lease of a delivery is not extended any more. */
  readonly onLeaseCeiling?: () => void;
}

export interface DeliveryRunnerPorts {
  readonly connection: MessagingConnection;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
}

/** One handler on one durable consumer: fetch, run, settle. */
export class DeliveryRunner {
  private readonly consumer: PullConsumer;
  private readonly leases: LeaseExtension<RunningDelivery>;
  private readonly running = new Map<RunningDelivery, Promise<void>>();
  private readonly draining = new AbortController();
  private readonly deliveryPorts: DeliveryPorts;
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
    this.consumer = new PullConsumer(connection, options, onMessage, log);
    const places = this.consumer;
    // Every delivery that waits listens to it.
    setMaxListeners(0, this.draining.signal);
    this.deliveryPorts = { stream: options.stream, clock, draining: this.draining.signal, places };
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
    const delivery = new RunningDelivery(message, this.deliveryPorts);
    this.leases.add(delivery);
    const done = this.run(delivery).finally(() => {
      this.release(delivery);
    });
    this.running.set(delivery, done);
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
        if (outcome.kind === 'failed' && !this.isHandedBack(outcome.error)) {
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

  /** At a stop that is as it should be. */
  private isHandedBack(error: unknown): boolean {
    const { code } = (typeof error === 'object' && error !== null ? error : {}) as { readonly code?: unknown };
    return this.draining.signal.aborted && code === 'shutdown';
  }

  /** Publish first, then term: the other way round a crash in between would lose it. */
  private async bury(delivery: RunningDelivery, reason: string, outcome: DeliveryOutcome): Promise<void> {
    this.warn('a message became a dead letter', delivery, outcome.kind === 'failed' ? outcome.error : undefined);
    const { durable, stream } = this.options;
    try {
      const { deliveryCount } = delivery.context;
      await this.ports.deadLetters.bury(delivery.stored, { stream, reason, deliveryCount, durable });
      delivery.term();
    } catch (error) {
      this.warn('a dead letter could not be stored and comes again', delivery, error);
      delivery.nak(DEAD_LETTER_RETRY_MS);
    }
  }

  private warn(text: string, delivery: RunningDelivery, error?: unknown): void {
    const { sequence, deliveryCount } = delivery.context;
    const { durable, stream } = this.options;
    this.log.warn(text, { durable, stream, sequence, deliveryCount, error });
  }
}
