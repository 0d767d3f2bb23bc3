import { nanos } from 'nats';
import type { Msg } from 'nats';
import type { StreamName } from '@interject/contracts';
import { deliveryInfo, headerRecord } from '../reading/stored-message.js';
import type { StoredMessage } from '../reading/stored-message.js';
import { DeliveryContext } from './delivery-context.js';
import type { Leased } from './lease-extension.js';

const ACK = '+ACK';
const IN_PROGRESS = '+WPI';
/** Without a reason: nats-server 2.9 ignores `+TERM <reason>` and delivers again. */
const TERM = '+TERM';

/** A message between its arrival and its settlement. */
export class RunningDelivery implements Leased {
  readonly context: DeliveryContext;
  readonly stored: StoredMessage;
  private readonly abort = new AbortController();
  private isSettled = false;

  constructor(
    private readonly message: Msg,
    readonly stream: StreamName,
  ) {
    const info = deliveryInfo(message.reply ?? '');
    this.stored = {
      subject: message.subject,
      sequence: info?.streamSequence ?? 0,
      storedAt: info?.storedAt ?? 0,
      headers: headerRecord(message.headers),
      data: message.data,
    };
    this.context = new DeliveryContext({
      ...this.stored,
      stream,
      deliveryCount: info?.deliveryCount ?? 1,
      signal: this.abort.signal,
    });
  }

  extend(): void {
    if (!this.isSettled) this.message.respond(IN_PROGRESS);
  }

  /** Tells the handler that nobody waits for it any longer. */
  abandon(reason: Error): void {
    this.abort.abort(reason);
  }

  ack(): void {
    this.answer(ACK);
  }

  nak(delayMs: number): void {
    this.answer(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`);
  }

  term(): void {
    this.answer(TERM);
  }

  private answer(answer: string): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.message.respond(answer);
  }
}
