import { EventFactory, writtenData } from '@interject/contracts';
import type { OutgoingEvent } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { toMessagingError } from '../connection/nats-failure.js';
import { MessagingErrorCodes } from '../messaging.errors.js';
import type { MessagingMetrics, PublishOutcome } from '../messaging-metrics.js';
import { EventHeaderWriter } from './event-headers.js';
import type { HeaderText } from './header-text.js';

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
  private readonly header: EventHeaderWriter;

  constructor(
    private readonly connection: MessagingConnection,
    service: string,
    partitions: number,
    private readonly metrics?: Pick<MessagingMetrics, 'published'>,
  ) {
    this.header = new EventHeaderWriter(service);
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
    const startedAt = performance.now();
    let outcome: PublishOutcome = 'failed';
    try {
      const { seq, duplicate } = await this.connection.writer.write(event.subject, textOf(event), header);
      outcome = duplicate ? 'repeated' : 'stored';
      return { sequence: duplicate ? 0 : seq, repeated: duplicate };
    } catch (cause) {
      const failure = toMessagingError('Publishing an event', cause);
      if (!event.once || failure.code !== MessagingErrorCodes.SequenceConflict) throw failure;
      outcome = 'repeated';
      return { sequence: 0, repeated: true };
    } finally {
      this.metrics?.published(event.subject, outcome, performance.now() - startedAt);
    }
  }

  /** Sends without waiting; for facts that may be lost. Returns false when it was dropped, NATS being away. */
  publishUnconfirmed(event: OutgoingEvent, options: PublishOptions = {}): boolean {
    if (!this.connection.isConnected) return false;
    this.connection.writer.send(event.subject, textOf(event), this.headersOf(event, options));
    return true;
  }

  private headersOf({ id, type, once }: OutgoingEvent, { traceparent }: PublishOptions): HeaderText {
    return this.header.headers({ id, type, time: Date.now(), traceparent, expectedLastSequence: once ? 0 : undefined });
  }
}

function textOf({ type, data }: OutgoingEvent): string {
  return JSON.stringify(writtenData(type, data));
}
