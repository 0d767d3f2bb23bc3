import type { Log } from '@interject/observability';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { toMessagingError } from '../connection/nats-failure.js';

/** Something that answers until it is stopped. */
export interface Responder {
  stop(): Promise<void>;
}

/** Something that listens until it is stopped. */
export interface Listener {
  /** Nothing is handed over after this. Idempotent, and safe while NATS is away. */
  stop(): void;
}

/** Request and reply that nothing stores, and a live ear on any subject. */
export class CoreMessenger {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly log: Log,
  ) {}

  /** @throws MessagingError `no-responder` at once when nobody listens, `timeout` after `timeoutMs` */
  async request(subject: string, data: Uint8Array | string, timeoutMs: number): Promise<Uint8Array> {
    this.connection.assertConnected('Requesting');
    try {
      return (await this.connection.nats.request(subject, data, { timeout: timeoutMs })).data;
    } catch (cause) {
      throw toMessagingError('Requesting', cause);
    }
  }

  /**
   * Hands over what is published to `subject` from now on, stored messages too, and nothing of before. Whatever this
   * connection publishes after the call finds it in place: the server reads both in order. Messages of a time without a
   * connection are missed.
   *
   * @throws MessagingError `disconnected`
   */
  subscribe(subject: string, onMessage: (data: Uint8Array) => void): Listener {
    this.connection.assertConnected('Subscribing');
    try {
      const subscription = this.connection.nats.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) onMessage(message.data);
          else this.log.warn('a subscription was refused or broke', { error });
        },
      });
      return {
        stop: () => {
          if (!subscription.isClosed()) subscription.unsubscribe();
        },
      };
    } catch (cause) {
      throw toMessagingError('Subscribing', cause);
    }
  }

  /** Answers requests; a handler that throws leaves the requester to its timeout. */
  async respond(
    subject: string,
    handler: (data: Uint8Array) => Promise<Uint8Array | string> | Uint8Array | string,
  ): Promise<Responder> {
    const subscription = this.connection.nats.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return;
        void (async () => {
          try {
            message.respond(await handler(message.data));
          } catch (failure) {
            this.log.error('a request could not be answered', { error: failure });
          }
        })();
      },
    });
    // The server knows of the subscription once it answered a ping: nobody is told "no responder" after this.
    await this.connection.nats.flush();
    return {
      stop: async () => {
        if (this.connection.isConnected) await subscription.drain();
        else subscription.unsubscribe();
      },
    };
  }
}
