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
  /** Aborted as soon as the service stops, or has stood still: what has not begun yet is better left to another replica. */
  readonly draining: AbortSignal;
  /** Aborted when the service stops and will not wait any longer, or when the lease has reached its ceiling. */
  readonly signal: AbortSignal;
}

/** What a handler may wish for the delivery it works on. */
export interface DeliveryControls {
  /**
   * Gives the place of this delivery to another one while it waits for something; its lease is kept.
   *
   * @returns false when so many stand aside already that it keeps its place
   */
  standAside(): boolean;
  /** Counts as in flight again. It is called by itself when the handler ends. */
  comeBack(): void;
  /**
   * Keeps the message as a dead letter though its handler has dealt with it, so that operators may have it again.
   *
   * @param reason a word for them: lower case, digits, hyphens
   */
  keepAsDeadLetter(reason: string): void;
  /** The lease is extended no longer than `ms` from now; without a word of the handler's, for {@link DEFAULT_HOLD_MS}. */
  holdFor(ms: number): void;
}

/** How long the lease of a delivery is extended whose handler says nothing about it. */
export const DEFAULT_HOLD_MS = 900_000;

/** Second argument of every handler (`@Ctx()`). Handlers never hold the raw message: settling is not theirs. */
export class DeliveryContext extends BaseRpcContext<[DeliveryFacts]> implements DeliveryFacts, DeliveryControls {
  readonly subject: string;
  readonly stream: StreamName;
  readonly sequence: number;
  readonly deliveryCount: number;
  readonly storedAt: number;
  readonly draining: AbortSignal;

  constructor(
    private readonly facts: DeliveryFacts,
    private readonly controls: DeliveryControls,
  ) {
    super([facts]);
    this.subject = facts.subject;
    this.stream = facts.stream;
    this.sequence = facts.sequence;
    this.deliveryCount = facts.deliveryCount;
    this.storedAt = facts.storedAt;
    this.draining = facts.draining;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.facts.headers;
  }

  /** Made when first asked for, like the headers: most handlers want neither. */
  get signal(): AbortSignal {
    return this.facts.signal;
  }

  standAside(): boolean {
    return this.controls.standAside();
  }

  comeBack(): void {
    this.controls.comeBack();
  }

  keepAsDeadLetter(reason: string): void {
    this.controls.keepAsDeadLetter(reason);
  }

  holdFor(ms: number): void {
    this.controls.holdFor(ms);
  }
}
