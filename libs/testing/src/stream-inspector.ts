import { connect, NatsError } from 'nats';
import type { NatsConnection } from 'nats';

/** A stored message as a test looks at it. */
export interface InspectedMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body. */
  readonly data: unknown;
}

const NO_MESSAGE_FOUND = 10037;

/** Looks at streams from outside, as an operator with the NATS command line would. */
export class StreamInspector {
  private constructor(private readonly connection: NatsConnection) {}

  static async connect(url: string): Promise<StreamInspector> {
    return new StreamInspector(
      await connect({ servers: url, name: 'inspector', maxReconnectAttempts: -1, reconnectTimeWait: 100 }),
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** All messages whose subject matches, in order. For the small streams of a test. */
  async messages(stream: string, subject: RegExp = /.*/): Promise<InspectedMessage[]> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { state } = await manager.streams.info(stream);
    const found: InspectedMessage[] = [];
    for (let sequence = state.first_seq; sequence <= state.last_seq; sequence += 1) {
      try {
        const message = await manager.streams.getMessage(stream, { seq: sequence });
        if (!subject.test(message.subject)) continue;
        const headers: Record<string, string> = {};
        for (const [name, values] of message.header) headers[name] = values[0] ?? '';
        const text = Buffer.from(message.data).toString();
        found.push({
          subject: message.subject,
          sequence,
          headers,
          data: text === '' ? undefined : (JSON.parse(text) as unknown),
        });
      } catch (error) {
        // Removed by age or purge.
        if (!(error instanceof NatsError) || error.api_error?.err_code !== NO_MESSAGE_FOUND) throw error;
      }
    }
    return found;
  }

  /** Messages that a durable consumer has not finished: those in flight and those to come. */
  async pending(stream: string, durable: string): Promise<number> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const info = await manager.consumers.info(stream, durable);
    return info.num_ack_pending + info.num_pending;
  }

  /** Publishes bytes on a subject and waits for JetStream's acknowledgement. */
  async publish(subject: string, body: string): Promise<void> {
    await this.connection.jetstream().publish(subject, body);
  }
}
