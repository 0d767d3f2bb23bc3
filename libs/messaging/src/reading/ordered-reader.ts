import { AckPolicy, DeliverPolicy, nanos, nuid } from 'nats';
import type { ConsumerConfig, Msg, Subscription } from 'nats';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { isMadeAnew } from './made-anew.js';
import { retryDelay } from '../connection/nats-failure.js';
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
/** The server forgets a consumer that nobody listens to. Nobody deletes one: whoever may, may delete anybody's. */
const INACTIVE_MS = 5000;
const RETRY_MS = 250;
/**
 * nats-server 2.9 gives a third of the consumers to a lost server of three, and never answers then: who asks again soon is
 * served by another one. Grows, so that servers that are slow do answer in the end.
 */
const FIRST_ANSWER_LIMIT_MS = 400;
const LAST_ANSWER_LIMIT_MS = 1000;
/** Status of heartbeats and flow control. */
const CONTROL_CODE = 100;

/**
 * Reads a subject in order, each message once, holding nothing unacknowledged. An ephemeral ack-none push consumer with
 * flow control; at a gap, a silence or a reconnect a new one is made from the next sequence (NATS ADR-17).
 */
export class OrderedPushReader implements OrderedReader {
  lastSequence = 0;
  /** Messages that were stored and not handed over, as of the last one that was. */
  pending = 0;
  /** Called when it is stopped. */
  onStopped: () => void = () => undefined;
  private subscription: Subscription | undefined;
  private consumerSequence = 0;
  private streamCreated: string | undefined;
  private lastStoredAt = 0;
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
    this.onStopped();
    this.generation += 1;
    clearInterval(this.watchdog);
    this.removeReconnectListener?.();
    this.drop();
  }

  private async subscribe(generation: number, answerLimitMs: number): Promise<void> {
    const inbox = this.connection.newInbox();
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
      const info = await within(answerLimitMs, request);
      if (generation !== this.generation) {
        subscription.unsubscribe();
        return;
      }
      this.options.onHeard?.();
      // Messages of this consumer may have come before the answer; those are subtracted already.
      this.remaining = info.num_pending + info.delivered.consumer_seq - this.consumerSequence;
      this.catchUp(this.remaining <= 0);
    } catch (error) {
      subscription.unsubscribe();
      throw error;
    }
  }

  /** A memory stream is made anew after a restart of its server, and counts from 1 again; a file stream after somebody deleted it. */
  private async recogniseStream(answerLimitMs: number): Promise<void> {
    const request = this.connection.manager.streams.info(this.options.stream);
    const info = await within(answerLimitMs, request);
    const { created } = info;
    const isFirst = this.streamCreated === undefined;
    const { lastSequence, lastStoredAt } = this;
    const read = { lastSequence, lastStoredAt, fromSequence: this.firstSequence() };
    const isNewStream = !isFirst && this.streamCreated !== created && isMadeAnew(info, read);
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
      // With a name the filter becomes part of the request's subject: permissions can tell what a user may read.
      name: `reader-${nuid.next()}`,
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
    this.pending = info.pending;
    if (info.streamSequence > this.lastSequence) {
      this.lastSequence = info.streamSequence;
      this.lastStoredAt = info.storedAt;
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
    this.drop();
    let answerLimitMs = FIRST_ANSWER_LIMIT_MS;
    while (!this.isStopped && generation === this.generation) {
      try {
        await this.subscribe(generation, answerLimitMs);
        return;
      } catch (error) {
        this.log.warn('ordered reader waits for its stream', { stream: this.options.stream, error });
        answerLimitMs = Math.min(LAST_ANSWER_LIMIT_MS, 1.5 * answerLimitMs);
        await new Promise((resolve) => setTimeout(resolve, retryDelay(error, RETRY_MS)));
      }
    }
  }

  private drop(): void {
    this.subscription?.unsubscribe();
    this.subscription = undefined;
  }
}
