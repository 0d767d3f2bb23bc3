import type { MsgHdrs } from 'nats';

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

/** Reads `$JS.ACK.<stream>.<consumer>.<delivered>.<sseq>.<cseq>.<nanos>.<pending>` and the longer form with a domain. */
export function deliveryInfo(reply: string): DeliveryInfo | undefined {
  const tokens = reply.split('.');
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  const first = tokens.length === 9 ? 4 : 6;
  const numbers = tokens.slice(first, first + 5).map(Number);
  const [deliveryCount, streamSequence, consumerSequence, nanoseconds, pending] = numbers;
  if (
    deliveryCount === undefined ||
    streamSequence === undefined ||
    consumerSequence === undefined ||
    nanoseconds === undefined ||
    pending === undefined ||
    numbers.some(Number.isNaN)
  ) {
    return undefined;
  }
  return {
    deliveryCount,
    streamSequence,
    consumerSequence,
    storedAt: Math.floor(nanoseconds / NANOS_PER_MS),
    pending,
  };
}

/** Headers as a plain record; of a repeated header the first value. */
export function headerRecord(header: MsgHdrs | undefined): Record<string, string> {
  const record: Record<string, string> = {};
  if (header !== undefined) {
    for (const [name, values] of header) record[name] = values[0] ?? '';
  }
  return record;
}
