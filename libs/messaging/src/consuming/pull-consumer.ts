import { AckPolicy, createInbox, DeliverPolicy, nanos } from 'nats';
import type { ConsumerConfig, Msg, Subscription } from 'nats';
import type { StreamName } from '@interject/contracts';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { jetStreamCode, JetStreamErrorCodes, toMessagingError } from '../connection/nats-failure.js';
import { PullWindow } from './pull-window.js';

/** A durable consumer and how this process takes part in it. */
export interface PullConsumerOptions {
  readonly stream: StreamName;
  readonly durable: string;
  readonly filterSubject: string;
  /** Messages in flight in this process. */
  readonly concurrency: number;
  /** A message not extended or settled for this long is given to somebody else. */
  readonly ackWaitMs: number;
  /** Bound over all replicas. */
  readonly maxAckPending: number;
  /** Where a consumer that is made for the first time begins: with everything still stored, or with what comes from now on. */
  readonly deliver: 'all' | 'new';
}

const REQUEST_EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 2000;
/** A request without a heartbeat for this long is lost. */
const SILENCE_LIMIT_MS = 5000;
const RETRY_MS = 250;
/** A consumer that vanished and began `new` goes back this much before it was last heard of: rather twice than never. */
const RESUME_MARGIN_MS = 10_000;
/** How long the server may take to confirm that it sends no more. */
const UNSUBSCRIBE_LIMIT_MS = 1000;
const GIVE_BACK = '-NAK';

/** Pulls messages of a durable consumer, at most `concurrency` at a time, and never gives up doing so until stopped. */
export class PullConsumer {
  private readonly window: PullWindow;
  private subscription: Subscription | undefined;
  private inbox = '';
  private requests = 0;
  private heardAt = 0;
  /** When the consumer was last known to be there (ms since the epoch). */
  private aliveAt: number | undefined;
  private isPulling = false;
  private isScheduled = false;
  private isMending = false;
  private watchdog: NodeJS.Timeout | undefined;
  private removeReconnectListener: (() => void) | undefined;

  /** @param onMessage called for each message; {@link PullConsumer.settled} must follow once per message */
  constructor(
    private readonly connection: MessagingConnection,
    private readonly options: PullConsumerOptions,
    private readonly onMessage: (message: Msg) => void,
    private readonly log: Log,
  ) {
    this.window = new PullWindow(options.concurrency);
  }

  /** @throws MessagingError when the consumer cannot be made */
  async start(): Promise<void> {
    await this.ensureConsumer();
    this.isPulling = true;
    this.subscribe();
    this.removeReconnectListener = this.connection.onReconnected(() => void this.mend('reconnected'));
    this.watchdog = setInterval(() => {
      const isSilent = performance.now() - this.heardAt > SILENCE_LIMIT_MS;
      if (this.connection.isConnected && this.window.isWaiting && isSilent) void this.mend('silence');
    }, HEARTBEAT_MS);
    this.pull();
  }

  /** A message was settled: its place is free. */
  settled(): void {
    this.window.settled();
    this.schedule();
  }

  /** A message gives its place to another one for a while. @returns false when too many have done so */
  standAside(): boolean {
    const isAside = this.window.standAside();
    if (isAside) this.schedule();
    return isAside;
  }

  /** A message that stood aside counts again. */
  comeBack(): void {
    this.window.comeBack();
  }

  /** Places that become free in one turn of the event loop are asked for together. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.pull();
    });
  }

  /**
   * Asks for no more. Messages on their way are given back at once: without that each would wait for `ackWaitMs`.
   * Settles when the server sends no more, or soon after if it does not answer.
   */
  async stop(): Promise<void> {
    this.isPulling = false;
    clearInterval(this.watchdog);
    this.removeReconnectListener?.();
    const { subscription } = this;
    this.subscription = undefined;
    if (subscription === undefined || subscription.isClosed()) return;
    if (!this.connection.isConnected) {
      subscription.unsubscribe();
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, UNSUBSCRIBE_LIMIT_MS);
    });
    await Promise.race([subscription.drain().catch(() => undefined), limit]);
    clearTimeout(timer);
  }

  private subscribe(): void {
    this.subscription?.unsubscribe();
    this.inbox = createInbox();
    this.window.requestsLost();
    this.heardAt = performance.now();
    const inbox = this.inbox;
    this.subscription = this.connection.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error !== null || inbox !== this.inbox) return;
        this.receive(message);
      },
    });
  }

  private pull(): void {
    if (!this.isPulling || !this.connection.isConnected || this.isMending) return;
    const batch = this.window.next();
    if (batch === 0) return;
    const request = { batch, expires: nanos(REQUEST_EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    this.requests += 1;
    // The silence clock starts when something is asked for.
    this.heardAt = performance.now();
    const { stream, durable } = this.options;
    this.connection.nats.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify(request), {
      reply: `${this.inbox}.${String(this.requests)}`,
    });
  }

  private receive(message: Msg): void {
    this.heardAt = performance.now();
    this.aliveAt = Date.now();
    const status = message.headers?.code ?? 0;
    if (status === 0) {
      if (!this.isPulling) {
        message.respond(GIVE_BACK);
        return;
      }
      this.window.received();
      this.onMessage(message);
      this.pull();
      return;
    }
    this.receiveStatus(status, message);
  }

  /** 100 heartbeat; 404 and 408 the request is over; 409 it was ended, perhaps with its consumer (NATS ADR-13). */
  private receiveStatus(status: number, message: Msg): void {
    if (status === 100 || !this.isPulling) return;
    const description = message.headers?.description.toLowerCase() ?? '';
    if (status === 409 && /consumer (deleted|is push)|leadership|shutdown/.test(description)) {
      void this.mend('consumer gone');
      return;
    }
    const unfilled = Number(message.headers?.get('Nats-Pending-Messages') ?? '');
    if (message.headers?.has('Nats-Pending-Messages') === true && Number.isFinite(unfilled)) {
      this.window.requestEnded(unfilled);
      this.pull();
    } else {
      void this.mend('request refused');
    }
  }

  /** Makes the consumer again if it is gone, and asks anew on a fresh inbox. */
  private async mend(why: string): Promise<void> {
    if (this.isMending || !this.isPulling) return;
    this.isMending = true;
    this.log.debug('pull consumer starts again', { durable: this.options.durable, why });
    while (this.isPulling) {
      try {
        await this.ensureConsumer();
        if (this.isPulling) this.subscribe();
        break;
      } catch (error) {
        this.log.warn('pull consumer waits for its stream', { durable: this.options.durable, error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.isMending = false;
    this.pull();
  }

  private async ensureConsumer(): Promise<void> {
    const { stream, durable } = this.options;
    const { consumers } = this.connection.manager;
    const wanted = {
      ack_wait: nanos(this.options.ackWaitMs),
      max_deliver: -1,
      max_ack_pending: this.options.maxAckPending,
      filter_subject: this.options.filterSubject,
    };
    try {
      const { config } = await consumers.info(stream, durable);
      const differs = Object.entries(wanted).some(([name, value]) => config[name as keyof ConsumerConfig] !== value);
      if (differs) await consumers.update(stream, durable, { ...config, ...wanted });
    } catch (error) {
      if (jetStreamCode(error) !== JetStreamErrorCodes.ConsumerNotFound) {
        throw toMessagingError('Looking for a consumer', error);
      }
      const fixed = { durable_name: durable, ack_policy: AckPolicy.Explicit, ...this.beginning() };
      await consumers.add(stream, { ...fixed, ...wanted }).catch((cause: unknown) => {
        throw toMessagingError('Making a consumer', cause);
      });
    }
    this.aliveAt = Date.now();
  }

  /** Where a consumer begins that is not there. One that we had and lost must not skip what came meanwhile. */
  private beginning(): Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_time'> {
    if (this.options.deliver === 'all') return { deliver_policy: DeliverPolicy.All };
    if (this.aliveAt === undefined) return { deliver_policy: DeliverPolicy.New };
    const from = new Date(this.aliveAt - RESUME_MARGIN_MS).toISOString();
    return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from };
  }
}
