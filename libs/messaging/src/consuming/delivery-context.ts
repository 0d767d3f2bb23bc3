import { BaseRpcContext } from '@nestjs/microservices';
import type { StreamName } from '@interject/contracts';

/** What a handler may know of the message it works on. */
export interface DeliveryFacts {
  readonly subject: string;
  readonly stream: StreamName;
  readonly sequence: number;
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  /** When the message was stored, ms since the epoch, the server's clock. */
  readonly storedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the service stops and will not wait any longer. */
  readonly signal: AbortSignal;
}

/** Second argument of every handler (`@Ctx()`). Handlers never hold the raw message: settling is not theirs. */
export class DeliveryContext extends BaseRpcContext<[DeliveryFacts]> implements DeliveryFacts {
  readonly subject: string;
  readonly stream: StreamName;
  readonly sequence: number;
  readonly deliveryCount: number;
  readonly storedAt: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;

  constructor(facts: DeliveryFacts) {
    super([facts]);
    this.subject = facts.subject;
    this.stream = facts.stream;
    this.sequence = facts.sequence;
    this.deliveryCount = facts.deliveryCount;
    this.storedAt = facts.storedAt;
    this.headers = facts.headers;
    this.signal = facts.signal;
  }
}
