import { EventFactory } from '@interject/contracts';
import type { OutgoingEvent } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { toMessagingError } from '../connection/nats-failure.js';
import { MessagingErrorCodes } from '../messaging.errors.js';
import { PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import { eventHeaders } from './event-headers.js';

export interface PublishOptions {
  /** W3C trace context of whoever caused the event. */
  readonly traceparent?: string;
}

export interface PublishReceipt {
  /** Stream sequence; 0 when the event was there already. */
  readonly sequence: number;
  /** The event was there already: the first one counts, this one was not stored. */
  readonly repeated: boolean;
}

/** Publishes events into the streams. */
export class EventPublisher {
  /** Makes events with this installation's number of partitions. */
  readonly events: EventFactory;

  constructor(
    private readonly connection: MessagingConnection,
    private readonly service: string,
    partitions: number,
  ) {
    this.events = new EventFactory(partitions);
  }

  /**
   * Stores an event and waits for the acknowledgement.
   *
   * @throws MessagingError `disconnected` at once while NATS is away; `timeout` when it is unknown whether it was stored
   */
  async publish(event: OutgoingEvent, options: PublishOptions = {}): Promise<PublishReceipt> {
    this.connection.assertConnected('Publishing an event');
    const header = this.headersOf(event, options);
    if (event.once) header.set('Nats-Expected-Last-Subject-Sequence', '0');
    try {
      const body = JSON.stringify(event.data);
      const ack = await this.connection.jetstream.publish(event.subject, body, {
        headers: header,
        timeout: PUBLISH_TIMEOUT_MS,
      });
      return { sequence: ack.duplicate ? 0 : ack.seq, repeated: ack.duplicate };
    } catch (cause) {
      const failure = toMessagingError('Publishing an event', cause);
      if (event.once && failure.code === MessagingErrorCodes.SequenceConflict) return { sequence: 0, repeated: true };
      throw failure;
    }
  }

  /** Sends without waiting; for facts that may be lost. Returns false when it was dropped, NATS being away. */
  publishUnconfirmed(event: OutgoingEvent, options: PublishOptions = {}): boolean {
    if (!this.connection.isConnected) return false;
    this.connection.nats.publish(event.subject, JSON.stringify(event.data), {
      headers: this.headersOf(event, options),
    });
    return true;
  }

  private headersOf(event: OutgoingEvent, options: PublishOptions): ReturnType<typeof eventHeaders> {
    return eventHeaders({ id: event.id, type: event.type, service: this.service, time: Date.now(), ...options });
  }
}
