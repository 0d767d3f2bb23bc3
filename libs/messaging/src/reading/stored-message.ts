import type { Msg, MsgHdrs } from 'nats';

/** A message as JetStream keeps it. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  /** Milliseconds since the epoch, the server's clock. */
  readonly storedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}

/** What a reply subject says of a delivered message (NATS ADR-15). */
export interface DeliveryInfo {
  readonly deliveryCount: number;
  readonly streamSequence: number;
  readonly consumerSequence: number;
  readonly storedAt: number;
  /** Messages of the consumer that come after this one. */
  readonly pending: number;
}

const NANOS_PER_MS = 1_000_000;

const ACK_PREFIX = '$JS.ACK.';
const TOKENS = 9;
/** With domain and account hash in front, and perhaps a random token at the end. */
const TOKENS_WITH_DOMAIN = 11;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** Numbers of the subject that is being read; nothing is allocated for a message. */
const numbers = new Float64Array(TOKENS_WITH_DOMAIN + 2);

/** Reads `$JS.ACK.<stream>.<consumer>.<delivered>.<sseq>.<cseq>.<nanos>.<pending>` and the longer form with a domain. */
export function deliveryInfo(reply: string): DeliveryInfo | undefined {
  if (!reply.startsWith(ACK_PREFIX)) return undefined;
  let token = 2;
  let number = 0;
  for (let i = ACK_PREFIX.length; i < reply.length; i += 1) {
    const code = reply.charCodeAt(i);
    if (code === DOT) {
      numbers[token] = number;
      token += 1;
      number = 0;
      if (token === numbers.length) return undefined;
    } else {
      number = code < ZERO || code > NINE ? Number.NaN : 10 * number + (code - ZERO);
    }
  }
  numbers[token] = number;
  const count = token + 1;
  if (count !== TOKENS && count < TOKENS_WITH_DOMAIN) return undefined;
  const first = count === TOKENS ? 4 : 6;
  const deliveryCount = numbers[first] ?? Number.NaN;
  const streamSequence = numbers[first + 1] ?? Number.NaN;
  const consumerSequence = numbers[first + 2] ?? Number.NaN;
  const storedAt = Math.floor((numbers[first + 3] ?? Number.NaN) / NANOS_PER_MS);
  const pending = numbers[first + 4] ?? Number.NaN;
  // One sum tells whether any of them is no number.
  if (Number.isNaN(deliveryCount + streamSequence + consumerSequence + storedAt + pending)) return undefined;
  return { deliveryCount, streamSequence, consumerSequence, storedAt, pending };
}

/** A delivered message, whose headers are read only when somebody asks: most readers never do. */
export class DeliveredMessage implements StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly storedAt: number;
  readonly data: Uint8Array;

  constructor(
    private readonly message: Pick<Msg, 'subject' | 'data' | 'headers'>,
    { streamSequence, storedAt }: DeliveryInfo,
  ) {
    this.subject = message.subject;
    this.sequence = streamSequence;
    this.storedAt = storedAt;
    this.data = message.data;
  }

  get headers(): Readonly<Record<string, string>> {
    return headerRecord(this.message.headers);
  }
}

/** Headers as a plain record; of a repeated header the first value. */
export function headerRecord(header: MsgHdrs | undefined): Record<string, string> {
  const record: Record<string, string> = {};
  if (header !== undefined) {
    for (const [name, values] of header) record[name] = values[0] ?? '';
  }
  return record;
}
