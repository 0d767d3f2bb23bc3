import type { EventType } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { toMessagingError } from '../connection/nats-failure.js';
import { PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import { eventHeaders } from './event-headers.js';

export interface LogMessage {
  readonly type: EventType;
  readonly data: object;
  /** Tells a repeat of this append from another one. */
  readonly id: string;
}

/** Appends to a subject that has one writer: each append says after which message it belongs. */
export class AppendLog {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly service: string,
  ) {}

  /**
   * @param expectedLastSequence stream sequence of the subject's last message, 0 when it has none
   * @returns stream sequence of the new message
   * @throws MessagingError `sequence-conflict`: somebody else wrote, nothing was stored. After `timeout` the same append
   *   (same id, same expected sequence) may be repeated: it is stored once
   */
  async append(subject: string, expectedLastSequence: number, message: LogMessage): Promise<number> {
    this.connection.assertConnected('Appending to a log');
    const header = eventHeaders({ id: message.id, type: message.type, service: this.service, time: Date.now() });
    header.set('Nats-Expected-Last-Subject-Sequence', String(expectedLastSequence));
    try {
      const ack = await this.connection.jetstream.publish(subject, JSON.stringify(message.data), {
        headers: header,
        timeout: PUBLISH_TIMEOUT_MS,
      });
      return ack.seq;
    } catch (cause) {
      throw toMessagingError('Appending to a log', cause);
    }
  }
}
