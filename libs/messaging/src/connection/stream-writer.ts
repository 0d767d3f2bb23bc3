import { ErrorCode, NatsError } from 'nats';
import type { ApiError, Msg, MsgHdrs, NatsConnection, PubAck } from 'nats';
import { LEADERLESS_RETRIES, PUBLISH_TIMEOUT_MS } from '../messaging.options.js';
import type { Linger } from '@interject/observability';
import type { HeaderText } from '../publishing/header-text.js';

interface Waiting {
  readonly subject: string;
  readonly until: number;
  readonly resolve: (message: Msg) => void;
  readonly reject: (error: NatsError) => void;
}

/** What the client needs of headers when it publishes: their bytes. */
type Encodable = Pick<HeaderText, 'encode'>;

const decoder = new TextDecoder();

/**
 * Publishes into streams and waits for the acknowledgement, as the client's JetStream publish does, for less:
 * one inbox and one timer for all, tokens that are counted, and no error made in advance (docs/adr/0034).
 */
export class StreamWriter {
  /** In the order of their deadlines: all wait equally long. */
  private readonly waiting = new Map<number, Waiting>();
  private inbox: string | undefined;
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly nats: Pick<NatsConnection, 'publish' | 'subscribe'>,
    private readonly acks: Pick<Linger, 'flush'>,
    private readonly newInbox: () => string,
  ) {}

  /**
   * Stores a message.
   *
   * @throws NatsError `TIMEOUT` after 1,500 ms, `503` when nobody listens there, or with the `api_error` of JetStream
   */
  async write(subject: string, payload: Uint8Array | string, header: Encodable): Promise<PubAck> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.request(subject, payload, header);
      // Nothing is stored then: the stream's leadership is on its way to another server.
      const isLeaderless = answer.data.length === 0 && answer.headers?.code === Number(ErrorCode.NoResponders);
      if (!isLeaderless) return readAck(answer.data);
      if (attempt >= LEADERLESS_RETRIES.retries) throw NatsError.errorForCode(ErrorCode.NoResponders);
      await new Promise((resolve) => setTimeout(resolve, LEADERLESS_RETRIES.retry_delay));
    }
  }

  /** Sends without waiting for an acknowledgement. */
  send(subject: string, payload: Uint8Array | string, header: Encodable): void {
    this.acks.flush();
    this.nats.publish(subject, payload, { headers: clientHeaders(header) });
  }

  /** The server does not let this user publish there: who waits is told at once. */
  refused(subject: string, error: NatsError): void {
    for (const [token, one] of this.waiting) {
      if (one.subject === subject) this.fail(token, one, error);
    }
  }

  /** The connection is closed for good. */
  close(): void {
    clearTimeout(this.timer);
    for (const [token, one] of this.waiting) this.fail(token, one, NatsError.errorForCode(ErrorCode.ConnectionClosed));
  }

  private async request(subject: string, payload: Uint8Array | string, header: Encodable): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const inbox = (this.inbox ??= this.subscribe());
      this.count += 1;
      const token = this.count;
      // In the same turn, and so in the same write.
      this.acks.flush();
      this.nats.publish(subject, payload, { reply: `${inbox}.${String(token)}`, headers: clientHeaders(header) });
      this.waiting.set(token, { subject, until: performance.now() + PUBLISH_TIMEOUT_MS, resolve, reject });
      this.arm(PUBLISH_TIMEOUT_MS);
    });
  }

  private subscribe(): string {
    const inbox = this.newInbox();
    this.nats.subscribe(`${inbox}.*`, {
      callback: (error, message) => {
        if (error !== null) return;
        const token = Number(message.subject.slice(inbox.length + 1));
        const one = this.waiting.get(token);
        if (one === undefined) return;
        this.waiting.delete(token);
        one.resolve(message);
      },
    });
    return inbox;
  }

  private arm(delayMs: number): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      // After a pause of the process: acknowledgements that have come meanwhile are read first.
      setImmediate(() => {
        this.expire();
      });
    }, delayMs);
    this.timer.unref();
  }

  private expire(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [token, one] of this.waiting) {
      if (one.until > now) {
        this.arm(one.until - now);
        return;
      }
      this.fail(token, one, NatsError.errorForCode(ErrorCode.Timeout));
    }
  }

  private fail(token: number, { reject }: Waiting, error: NatsError): void {
    this.waiting.delete(token);
    reject(error);
  }
}

/** The client asks headers for their bytes, and for nothing else. */
function clientHeaders(header: Encodable): MsgHdrs {
  return header as unknown as MsgHdrs;
}

/** @throws NatsError with the `api_error` of JetStream, or when the answer is none of JetStream's */
function readAck(data: Uint8Array): PubAck {
  let ack: Partial<PubAck> & { readonly error?: ApiError };
  try {
    ack = JSON.parse(decoder.decode(data)) as typeof ack;
  } catch {
    throw NatsError.errorForCode(ErrorCode.JetStreamInvalidAck);
  }
  const { error, stream, seq, duplicate } = ack;
  if (error !== undefined) {
    const failure = new NatsError(error.description, String(error.code));
    failure.api_error = error;
    throw failure;
  }
  if (typeof stream !== 'string' || stream === '' || typeof seq !== 'number') {
    throw NatsError.errorForCode(ErrorCode.JetStreamInvalidAck);
  }
  return { ...(ack as PubAck), stream, seq, duplicate: duplicate ?? false };
}
