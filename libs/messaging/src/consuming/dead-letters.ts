import { headers } from 'nats';
import { DeadLetterHeaders, Subjects } from '@interject/contracts';
import type { MessagingConnection } from '../connection/messaging-connection.js';
import { toMessagingError } from '../connection/nats-failure.js';
import type { MessagingMetrics } from '../messaging-metrics.js';
import { PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import type { StoredMessage } from '../reading/stored-message.js';

/** Headers of the client's protocol (`Nats-Msg-Id`, ...) must not act again when the letter is stored. */
const CONTROL_HEADER = /^nats-/i;
const ORIGIN_CHARACTERS = /[^a-z0-9-]/g;

/** A stream's name as it stands in the subjects of its dead letters. */
export function deadLetterOrigin(stream: string): string {
  return stream.toLowerCase().replace(ORIGIN_CHARACTERS, '-');
}

/** Why a message is given up, and by whom. */
export interface Burial {
  readonly stream: string;
  readonly reason: string;
  /** How often it was delivered. */
  readonly deliveryCount: number;
  /** The consumer that gave it up: others of the same stream may well have handled it. */
  readonly durable: string;
}

/** Stores messages that no handler can do, for operators. */
export class DeadLetters {
  constructor(
    private readonly connection: MessagingConnection,
    private readonly metrics?: Pick<MessagingMetrics, 'buried'>,
  ) {}

  /**
   * Stores a copy with where it came from and why it died; the same message is stored once for each consumer.
   *
   * @throws MessagingError when it could not be stored: the message must not be given up then
   */
  async bury(message: StoredMessage, { stream, reason, deliveryCount, durable }: Burial): Promise<void> {
    const header = headers();
    for (const [name, value] of Object.entries(message.headers)) {
      if (!CONTROL_HEADER.test(name)) header.set(name, value);
    }
    header.set('Nats-Msg-Id', `dead-letter.${durable}.${String(message.sequence)}`);
    header.set(DeadLetterHeaders.OriginalSubject, message.subject);
    header.set(DeadLetterHeaders.OriginalStream, stream);
    header.set(DeadLetterHeaders.OriginalSequence, String(message.sequence));
    header.set(DeadLetterHeaders.Reason, reason);
    header.set(DeadLetterHeaders.Deliveries, String(deliveryCount));
    header.set(DeadLetterHeaders.Consumer, durable);
    const subject = Subjects.deadLetter(deadLetterOrigin(stream), reason);
    try {
      const { duplicate } = await this.connection.jetstream.publish(subject, message.data, {
        headers: header,
        timeout: PUBLISH_TIMEOUT_MS,
      });
      if (!duplicate) this.metrics?.buried(reason);
    } catch (cause) {
      throw toMessagingError('Storing a dead letter', cause);
    }
  }
}
