import { nanos } from 'nats';
import type { Msg, Subscription } from 'nats';
import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { retryDelay } from '../connection/nats-failure.js';
import { within } from '../within.js';
import { DurableConsumer } from './durable-consumer.js';
import type { DurableConsumerOptions } from './durable-consumer.js';
import { PullWindow } from './pull-window.js';
import type { SuspensionWatch } from './suspension-watch.js';

/** A durable consumer and how this process takes part in it. */
export interface PullConsumerOptions extends DurableConsumerOptions {
  /** Messages in flight in this process. */
  readonly concurrency: number;
}

/** What a pull consumer needs, and who hears of it. */
export interface PullConsumerPorts {
  readonly connection: MessagingConnection;
  readonly suspensions: SuspensionWatch;
  readonly log: Log;
  /** Called for each message; {@link PullConsumer.settled} must follow once per message. */
  readonly onMessage: (message: Msg) => void;
  /** This process stood still for longer than a lease: what it took before, others may have by now. */
  readonly onSuspended: () => void;
}

/**
 * The server goes on delivering to a process that stands still until its request expires. Well below a lease (4 s): what it
 * took is then delivered to another one when the lease ends, and not to the same one again.
 */
const REQUEST_EXPIRES_MS = 2500;
/** At most half of that, the server's rule. */
const HEARTBEAT_MS = 1000;
/** A request without a heartbeat for this long is lost, with the server of a cluster that led the consumer. */
const SILENCE_LIMIT_MS = 2500;
const WATCH_MS = 500;
const RETRY_MS = 250;
/** A request that was lost with its server is asked again, before its limit of 5 s. */
const MEND_ANSWER_LIMIT_MS = 1500;
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
  private isPulling = false;
  private isScheduled = false;
  private isMending = false;
  private watchdog: NodeJS.Timeout | undefined;
  private readonly unlisten: (() => void)[] = [];
  private readonly durable: DurableConsumer;

  constructor(
    private readonly ports: PullConsumerPorts,
    private readonly options: PullConsumerOptions,
  ) {
    this.window = new PullWindow(options.concurrency);
    this.durable = new DurableConsumer(ports.connection, options);
  }

  /** @throws MessagingError when the consumer cannot be made */
  async start(): Promise<void> {
    await this.durable.ensure();
    this.isPulling = true;
    this.subscribe();
    const { connection, suspensions } = this.ports;
    this.unlisten.push(
      connection.onReconnected(() => void this.mend('reconnected')),
      suspensions.listen((pauseMs) => {
        if (pauseMs > this.options.ackWaitMs) this.wakeUp(pauseMs);
      }),
    );
    this.watchdog = setInterval(() => {
      const isSilent = performance.now() - this.heardAt > SILENCE_LIMIT_MS;
      if (connection.isConnected && this.window.isWaiting && isSilent) void this.mend('silence');
    }, WATCH_MS);
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
    for (const end of this.unlisten.splice(0)) end();
    const { subscription } = this;
    this.subscription = undefined;
    if (subscription === undefined || subscription.isClosed()) return;
    if (!this.ports.connection.isConnected) {
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

  /**
   * What was delivered meanwhile has been delivered to somebody else as well, or will be: it is ignored with its inbox. A
   * NAK would take it out of their hands.
   */
  private wakeUp(pauseMs: number): void {
    const { connection, log, onSuspended } = this.ports;
    log.debug('pull consumer leaves what came while it stood still', { durable: this.options.durable, pauseMs });
    onSuspended();
    if (connection.isClosed) return;
    this.subscribe();
    this.pull();
  }

  private subscribe(): void {
    this.subscription?.unsubscribe();
    this.inbox = this.ports.connection.newInbox();
    this.window.requestsLost();
    this.heardAt = performance.now();
    const inbox = this.inbox;
    this.subscription = this.ports.connection.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        this.ports.suspensions.check();
        if (error !== null || inbox !== this.inbox) return;
        this.receive(message);
      },
    });
  }

  private pull(): void {
    if (!this.isPulling || !this.ports.connection.isConnected || this.isMending) return;
    const batch = this.window.next();
    if (batch === 0) return;
    const request = { batch, expires: nanos(REQUEST_EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    this.requests += 1;
    // The silence clock starts when something is asked for.
    this.heardAt = performance.now();
    const { stream, durable } = this.options;
    this.ports.connection.nats.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify(request), {
      reply: `${this.inbox}.${String(this.requests)}`,
    });
  }

  private receive(message: Msg): void {
    this.heardAt = performance.now();
    this.durable.heard();
    // Told apart by the reply subject: decoding the headers of each message costs as much as all the rest.
    const isDelivery = message.reply?.startsWith('$JS.ACK.') === true;
    const status = isDelivery ? 0 : (message.headers?.code ?? 0);
    if (status === 0) {
      if (!this.isPulling) {
        message.respond(GIVE_BACK);
        return;
      }
      this.window.received();
      this.ports.onMessage(message);
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
    this.ports.log.debug('pull consumer starts again', { durable: this.options.durable, why });
    while (this.isPulling) {
      try {
        await within(MEND_ANSWER_LIMIT_MS, this.durable.ensure());
        if (this.isPulling) this.subscribe();
        break;
      } catch (error) {
        this.ports.log.warn('pull consumer waits for its stream', { durable: this.options.durable, error });
        await new Promise((resolve) => setTimeout(resolve, retryDelay(error, RETRY_MS)));
      }
    }
    this.isMending = false;
    this.pull();
  }
}
