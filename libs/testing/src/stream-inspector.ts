import { connect, NatsError } from 'nats';
import type { JetStreamManager, NatsConnection } from 'nats';

/** A stored message as a test looks at it. */
export interface InspectedMessage {
  readonly subject: string;
  readonly sequence: number;
  /** When the server stored it, ms since the epoch, its clock. */
  readonly storedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; a text as it is, if it is no JSON. */
  readonly data: unknown;
}

const NO_MESSAGE_FOUND = 10037;
/** Requests under way at once. */
const AT_ONCE = 100;

/** Looks at streams from outside, as an operator with the NATS command line would. */
export class StreamInspector {
  private constructor(private readonly connection: NatsConnection) {}

  /** @param login as whom, if the server wants to know */
  static async connect(
    url: string,
    login?: { readonly user: string; readonly password: string },
  ): Promise<StreamInspector> {
    return new StreamInspector(
      await connect({
        servers: url,
        name: 'inspector',
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        ...(login !== undefined && { user: login.user, pass: login.password }),
      }),
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** All messages whose subject matches, in order, from a sequence on. */
  async messages(stream: string, subject: RegExp = /.*/, from = 1): Promise<InspectedMessage[]> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { state } = await manager.streams.info(stream);
    const found: InspectedMessage[] = [];
    for (let first = Math.max(from, state.first_seq); first <= state.last_seq; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, state.last_seq - first + 1);
      const page = await Promise.all(
        Array.from({ length: count }, (_, index) => this.message(manager, stream, first + index)),
      );
      for (const message of page) {
        if (message !== undefined && subject.test(message.subject)) found.push(message);
      }
    }
    return found;
  }

  /** The last `count` messages of a stream, in order. */
  async newest(stream: string, count: number): Promise<InspectedMessage[]> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { state } = await manager.streams.info(stream);
    return this.messages(stream, /.*/, Math.max(1, state.last_seq - count + 1));
  }

  /** Names of all streams, those behind buckets too. */
  async streamNames(): Promise<string[]> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const names: string[] = [];
    for await (const name of manager.streams.names()) names.push(name);
    return names;
  }

  /** The subjects of everything that a stream holds. */
  async subjects(stream: string): Promise<string[]> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { state } = await manager.streams.info(stream, { subjects_filter: '>' });
    return Object.keys(state.subjects ?? {});
  }

  /** Messages that a durable consumer has not finished: those in flight and those to come. */
  async pending(stream: string, durable: string): Promise<number> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const info = await manager.consumers.info(stream, durable);
    return info.num_ack_pending + info.num_pending;
  }

  /** When a stream was made: one that is kept in memory is made anew, and counts from 1, when its server was restarted. */
  async createdAt(stream: string): Promise<string> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    return (await manager.streams.info(stream)).created;
  }

  /** What a stream holds, and may hold, in bytes. */
  async size(stream: string): Promise<{ readonly bytes: number; readonly maxBytes: number }> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { state, config } = await manager.streams.info(stream);
    return { bytes: state.bytes, maxBytes: config.max_bytes };
  }

  /** Sets what a stream may hold: with less room than is needed it is full. Never less than it holds: that would go. */
  async limit(stream: string, maxBytes: number): Promise<void> {
    const manager = await this.connection.jetstreamManager({ checkAPI: false });
    const { config } = await manager.streams.info(stream);
    await manager.streams.update(stream, { ...config, max_bytes: maxBytes });
  }

  /** Publishes bytes on a subject and waits for JetStream's acknowledgement. */
  async publish(subject: string, body: string): Promise<void> {
    await this.connection.jetstream().publish(subject, body);
  }

  private async message(
    manager: JetStreamManager,
    stream: string,
    sequence: number,
  ): Promise<InspectedMessage | undefined> {
    try {
      const message = await manager.streams.getMessage(stream, { seq: sequence });
      const headers: Record<string, string> = {};
      for (const [name, values] of message.header) headers[name] = values[0] ?? '';
      const data = bodyOf(Buffer.from(message.data).toString());
      return { subject: message.subject, sequence, storedAt: message.time.getTime(), headers, data };
    } catch (error) {
      // Removed by age or purge.
      if (!(error instanceof NatsError) || error.api_error?.err_code !== NO_MESSAGE_FOUND) throw error;
      return undefined;
    }
  }
}

function bodyOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
