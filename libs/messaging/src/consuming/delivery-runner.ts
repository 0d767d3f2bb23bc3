import type { Msg } from 'nats';
import type { Log } from '@interject/observability';
import type { StreamName } from '@interject/contracts';
import type { DeliveryContext } from './delivery-context.js';
import type { DeadLetters } from './dead-letters.js';
import { LeaseExtension } from './lease-extension.js';
import { PullConsumer } from './pull-consumer.js';
import type { PullConsumerOptions } from './pull-consumer.js';
import { RunningDelivery } from './running-delivery.js';
import { settle } from './settle.js';
import type { DeliveryOutcome } from './settle.js';
import type { MessagingConnection } from '../connection/messaging-connection.js';

/** Runs a handler; resolves when it is done, rejects with what it threw. */
export type DeliveryHandler = (data: unknown, context: DeliveryContext) => Promise<unknown>;

/** How long an aborted handler may take to notice. */
const ABORT_GRACE_MS = 500;
/** A dead letter that could not be stored is tried again after this. */
const DEAD_LETTER_RETRY_MS = 1000;

/** One handler on one durable consumer: fetch, run, settle. */
export class DeliveryRunner {
  private readonly consumer: PullConsumer;
  private readonly leases: LeaseExtension;
  private readonly running = new Map<RunningDelivery, Promise<void>>();
  private readonly stream: StreamName;

  constructor(
    connection: MessagingConnection,
    private readonly options: PullConsumerOptions,
    private readonly handler: DeliveryHandler,
    private readonly deadLetters: DeadLetters,
    private readonly log: Log,
  ) {
    this.stream = options.stream;
    this.leases = new LeaseExtension(options.ackWaitMs);
    this.consumer = new PullConsumer(
      connection,
      options,
      (message) => {
        this.take(message);
      },
      log,
    );
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  /** Stops pulling, waits for running handlers up to `limitMs`, then aborts their signals and gives the rest back. */
  async drain(limitMs: number): Promise<void> {
    const stopped = this.consumer.stop();
    await this.idle(limitMs);
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
    const delivery = new RunningDelivery(message, this.stream);
    this.leases.add(delivery);
    const done = this.run(delivery).finally(() => {
      this.leases.remove(delivery);
      this.running.delete(delivery);
      this.consumer.settled();
    });
    this.running.set(delivery, done);
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
        if (outcome.kind === 'failed') this.warn('a delivery failed and comes again', delivery, outcome.error);
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
      return { kind: 'handled' };
    } catch (error) {
      return delivery.context.signal.aborted ? { kind: 'abandoned' } : { kind: 'failed', error };
    }
  }

  /** Publish first, then term: the other way round a crash in between would lose it. */
  private async bury(delivery: RunningDelivery, reason: string, outcome: DeliveryOutcome): Promise<void> {
    this.warn('a message became a dead letter', delivery, outcome.kind === 'failed' ? outcome.error : undefined);
    const { durable } = this.options;
    try {
      const { deliveryCount } = delivery.context;
      await this.deadLetters.bury(delivery.stored, { stream: this.stream, reason, deliveryCount, durable });
      delivery.term();
    } catch (error) {
      this.warn('a dead letter could not be stored and comes again', delivery, error);
      delivery.nak(DEAD_LETTER_RETRY_MS);
    }
  }

  private warn(text: string, delivery: RunningDelivery, error: unknown): void {
    const { sequence, deliveryCount } = delivery.context;
    this.log.warn(text, { durable: this.options.durable, stream: this.stream, sequence, deliveryCount, error });
  }
}
