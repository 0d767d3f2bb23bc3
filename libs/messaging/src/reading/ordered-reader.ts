import { AckPolicy, createInbox, DeliverPolicy, nanos } from 'nats';
import type { ConsumerConfig, Msg, Subscription } from 'nats';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { DeliveredMessage, deliveryInfo } from './stored-message.js';
import type { StoredMessage } from './stored-message.js';
import { askAgain, within } from '../within.js';

/** A running reader. */
export interface OrderedReader {
  /** Sequence of the last message that was handed over; 0 before the first. */
  readonly lastSequence: number;
  stop(): Promise<void>;
}

export interface ReadOptions {
  readonly stream: string;
  readonly subject: string;
  /** First stream sequence to hand over; 1 is all there is. */
  readonly fromSequence?: number;
  /** Begin with the last message of each subject instead (KV). */
  readonly lastPerSubject?: boolean;
  onMessage(message: StoredMessage): void;
  onCaughtUp?(): void;
  /** The broker was heard: a message, or its sign of life every second. */
  onHeard?(): void;
  /** Reading starts again after an interruption; comes before the first message after it, and may come repeatedly. */
  onRestart?(restart: ReaderRestart): void;
}

/** How a reader starts again. */
export interface ReaderRestart {
  /** The stream was made anew: what had been in it before is gone. */
  readonly isNewStream: boolean;
}

const HEARTBEAT_MS = 1000;
/**
 * Silent for this long: the consumer is gone, with the server of a cluster that kept it. Two heartbeats and a half; less
 * than the life of a lease, so that whoever watches leases does not take them for expired.
 */
const SILENCE_LIMIT_MS = 2500;
const WATCH_MS = 500;
/** The server forgets a consumer that nobody listens to. */
const INACTIVE_MS = 30_000;
const RETRY_MS = 250;
/**
 * nats-server 2.9 gives a third of the consumers to a lost server of three, and never answers then: who asks again soon is
 * served by another one. Grows, so that servers that are slow do answer in the end.
 */
const FIRST_ANSWER_LIMIT_MS = 400;
const LAST_ANSWER_LIMIT_MS = 1000;
const STOP_LIMIT_MS = 1000;
/** Status of heartbeats and flow control. */
const CONTROL_CODE = 100;

/**
 * Reads a subject in order, each message once, holding nothing unacknowledged. An ephemeral ack-none push consumer with
 * flow control; at a gap, a silence or a reconnect a new one is made from the next sequence (NATS ADR-17).
 */
export class OrderedPushReader implements OrderedReader {
  lastSequence = 0;
  private subscription: Subscription | undefined;
  private consumerName: string | undefined;
  private consumerSequence = 0;
  private streamCreated: string | undefined;
  private remaining = Number.POSITIVE_INFINITY;
  private isCaughtUp = false;
  /** The stream was made anew since the start. */
  private isAnew = false;
  private isStopped = false;
  private heardAt = 0;
  private generation = 0;
  private watchdog: NodeJS.Timeout | undefined;
  private removeReconnectListener: (() => void) | undefined;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly options: ReadOptions,
    private readonly log: Log,
  ) {}

  /** Makes the first consumer; whatever goes wrong later is mended without the caller. */
  async start(): Promise<void> {
    await askAgain((limitMs) => this.subscribe(this.generation, limitMs));
    this.removeReconnectListener = this.connection.onReconnected(() => {
      this.reset('reconnected');
    });
    this.watchdog = setInterval(() => {
      if (this.connection.isConnected && performance.now() - this.heardAt > SILENCE_LIMIT_MS) this.reset('silence');
    }, WATCH_MS);
    this.watchdog.unref();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.generation += 1;
    clearInterval(this.watchdog);
    this.removeReconnectListener?.();
    await within(STOP_LIMIT_MS, this.remove(this.drop())).catch(() => undefined);
  }

  private async subscribe(generation: number, answerLimitMs: number): Promise<void> {
    const inbox = createInbox();
    this.consumerSequence = 0;
    this.remaining = Number.POSITIVE_INFINITY;
    this.heardAt = performance.now();
    const subscription = this.connection.nats.subscribe(inbox, {
      callback: (error, message) => {
        if (generation !== this.generation) return;
        if (error === null) this.receive(message);
        else this.reset('subscription failed');
      },
    });
    this.subscription = subscription;
    try {
      await this.recogniseStream(answerLimitMs);
      const request = this.connection.manager.consumers.add(this.options.stream, this.consumerConfig(inbox));
      const info = await within(answerLimitMs, request, ({ name }) => void this.remove(name));
      if (generation !== this.generation) {
        subscription.unsubscribe();
        await this.remove(info.name);
        return;
      }
      this.consumerName = info.name;
      this.options.onHeard?.();
      // Messages of this consumer may have come before the answer; those are subtracted already.
      this.remaining = info.num_pending + info.delivered.consumer_seq - this.consumerSequence;
      this.catchUp(this.remaining <= 0);
    } catch (error) {
      subscription.unsubscribe();
      throw error;
    }
  }

  /** A memory stream is made anew after a restart of its server, and counts from 1 again. */
  private async recogniseStream(answerLimitMs: number): Promise<void> {
    const request = this.connection.manager.streams.info(this.options.stream);
    const { created } = await within(answerLimitMs, request);
    const isFirst = this.streamCreated === undefined;
    const isNewStream = !isFirst && this.streamCreated !== created;
    if (isNewStream) {
      this.lastSequence = 0;
      this.isAnew = true;
    }
    this.streamCreated = created;
    if (!isFirst) this.options.onRestart?.({ isNewStream });
  }

  private consumerConfig(inbox: string): Partial<ConsumerConfig> {
    const resumed = this.lastSequence > 0;
    const start = resumed ? this.lastSequence + 1 : this.firstSequence();
    const position =
      this.options.lastPerSubject === true && !resumed
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, start) };
    return {
      ...position,
      ack_policy: AckPolicy.None,
      deliver_subject: inbox,
      filter_subject: this.options.subject,
      flow_control: true,
      idle_heartbeat: nanos(HEARTBEAT_MS),
      inactive_threshold: nanos(INACTIVE_MS),
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
    };
  }

  /** `fromSequence` means the stream that was there at the start. */
  private firstSequence(): number {
    return this.isAnew ? 1 : (this.options.fromSequence ?? 1);
  }

  private receive(message: Msg): void {
    this.heardAt = performance.now();
    this.options.onHeard?.();
    // Told apart by the reply subject: decoding the headers of each message costs as much as all the rest.
    const info = message.reply === undefined ? undefined : deliveryInfo(message.reply);
    if (info === undefined) {
      if (message.headers?.code === CONTROL_CODE) this.receiveControl(message);
      return;
    }
    if (info.consumerSequence !== this.consumerSequence + 1) {
      this.reset('gap');
      return;
    }
    this.consumerSequence = info.consumerSequence;
    this.remaining -= 1;
    if (info.streamSequence > this.lastSequence) {
      this.lastSequence = info.streamSequence;
      this.handOver(new DeliveredMessage(message, info));
    }
    this.catchUp(info.pending === 0 || this.remaining <= 0);
  }

  /** An error that leaves this callback would end the client's read loop, and with it everything on the connection. */
  private handOver(message: StoredMessage): void {
    try {
      this.options.onMessage(message);
    } catch (error) {
      const { stream } = this.options;
      this.log.error('a message could not be taken and is passed over', { stream, sequence: message.sequence, error });
    }
  }

  private receiveControl(message: Msg): void {
    const header = message.headers;
    const stalled = header?.get('Nats-Consumer-Stalled') ?? '';
    if (stalled !== '') this.connection.nats.publish(stalled);
    else if (message.reply !== undefined && message.reply !== '') message.respond();
    const last = header?.get('Nats-Last-Consumer') ?? '';
    if (last !== '' && Number(last) !== this.consumerSequence) this.reset('gap');
  }

  private catchUp(reached: boolean): void {
    if (!reached || this.isCaughtUp) return;
    this.isCaughtUp = true;
    this.options.onCaughtUp?.();
  }

  private reset(why: string): void {
    if (this.isStopped) return;
    this.log.debug('ordered reader starts again', { stream: this.options.stream, why });
    this.generation += 1;
    void this.resubscribe(this.generation);
  }

  private async resubscribe(generation: number): Promise<void> {
    // Not waited for: a lost server does not answer.
    void this.remove(this.drop());
    let answerLimitMs = FIRST_ANSWER_LIMIT_MS;
    while (!this.isStopped && generation === this.generation) {
      try {
        await this.subscribe(generation, answerLimitMs);
        return;
      } catch (error) {
        this.log.warn('ordered reader waits for its stream', { stream: this.options.stream, error });
        answerLimitMs = Math.min(LAST_ANSWER_LIMIT_MS, 1.5 * answerLimitMs);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Listens no more. @returns the consumer that was listened to */
  private drop(): string | undefined {
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    const name = this.consumerName;
    this.consumerName = undefined;
    return name;
  }

  private async remove(name: string | undefined): Promise<void> {
    if (name === undefined || !this.connection.isConnected) return;
    // It may be gone with the server's memory; the server forgets it after INACTIVE_MS anyway.
    await this.connection.manager.consumers.delete(this.options.stream, name).catch(() => false);
  }
}
