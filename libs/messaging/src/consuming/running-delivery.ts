import { nanos } from 'nats';
import type { Msg } from 'nats';
import type { StreamName } from '@interject/contracts';
import type { Clock, Linger } from '@interject/observability';
import { DeliveredMessage, deliveryInfo } from '../reading/stored-message.js';
import type { DeliveryInfo, StoredMessage } from '../reading/stored-message.js';
import { DEFAULT_HOLD_MS, DeliveryContext } from './delivery-context.js';
import type { DeliveryControls, DeliveryFacts } from './delivery-context.js';
import type { Leased } from './lease-extension.js';

const ACK = '+ACK';
const IN_PROGRESS = '+WPI';
/** Without a reason: nats-server 2.9 ignores `+TERM <reason>` and delivers again. */
const TERM = '+TERM';

/** Why a delivery is not worth to be begun: its process stood still for longer than a lease, and others may have it. */
export const SUSPENDED = new Error('suspended');

/** What a delivery needs of those who run it. */
export interface DeliveryPorts {
  readonly stream: StreamName;
  readonly clock: Clock;
  /** Aborted as soon as the service stops, or with {@link SUSPENDED}. */
  readonly draining: AbortSignal;
  /** Gives a place away and takes one back. */
  readonly places: Pick<DeliveryControls, 'standAside' | 'comeBack'>;
  /** Where acknowledgements wait for company. */
  readonly acks: Pick<Linger, 'add'>;
}

/** Of a message that was not delivered by JetStream. */
const NO_INFO: DeliveryInfo = { deliveryCount: 1, streamSequence: 0, consumerSequence: 0, storedAt: 0, pending: 0 };

/** A message between its arrival and its settlement. */
export class RunningDelivery implements Leased, DeliveryControls, DeliveryFacts {
  readonly context: DeliveryContext;
  readonly stored: StoredMessage;
  readonly deliveryCount: number;
  private readonly abort = new AbortController();
  private headerRecord: Readonly<Record<string, string>> | undefined;
  private isSettled = false;
  private isAside = false;
  private isReleased = false;
  private deadReason: string | undefined;
  private until: number;

  constructor(
    private readonly message: Msg,
    private readonly ports: DeliveryPorts,
  ) {
    const info = deliveryInfo(message.reply ?? '') ?? NO_INFO;
    this.until = ports.clock.monotonic() + DEFAULT_HOLD_MS;
    this.stored = new DeliveredMessage(message, info);
    this.deliveryCount = info.deliveryCount;
    this.context = new DeliveryContext(this, this);
  }

  get subject(): string {
    return this.stored.subject;
  }

  get stream(): StreamName {
    return this.ports.stream;
  }

  get sequence(): number {
    return this.stored.sequence;
  }

  get storedAt(): number {
    return this.stored.storedAt;
  }

  get draining(): AbortSignal {
    return this.ports.draining;
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.headerRecord ??= this.stored.headers);
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get heldUntil(): number {
    return this.until;
  }

  /** What {@link keepAsDeadLetter} was told. */
  get keptAs(): string | undefined {
    return this.deadReason;
  }

  /** Its process has stood still since it was taken. */
  get isOutdated(): boolean {
    return this.ports.draining.reason === SUSPENDED;
  }

  keepAsDeadLetter(reason: string): void {
    this.deadReason = reason;
  }

  holdFor(ms: number): void {
    this.until = this.ports.clock.monotonic() + ms;
  }

  standAside(): boolean {
    if (!this.isAside && !this.isReleased) this.isAside = this.ports.places.standAside();
    return this.isAside;
  }

  comeBack(): void {
    if (!this.isAside) return;
    this.isAside = false;
    this.ports.places.comeBack();
  }

  /** Ends its part in the window. @returns false if that has happened before */
  release(): boolean {
    if (this.isReleased) return false;
    this.comeBack();
    this.isReleased = true;
    return true;
  }

  extend(): void {
    if (!this.isSettled) this.respond(IN_PROGRESS);
  }

  /** Tells the handler that nobody waits for it any longer. */
  abandon(reason: Error): void {
    this.abort.abort(reason);
  }

  ack(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.ports.acks.add(() => {
      this.respond(ACK);
    });
  }

  nak(delayMs: number): void {
    // Others may have the message by now: it is not taken out of their hands. If nobody has, it comes with the lease.
    if (this.isOutdated) this.isSettled = true;
    this.answer(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`);
  }

  term(): void {
    this.answer(TERM);
  }

  private answer(answer: string): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.respond(answer);
  }

  private respond(answer: string): void {
    try {
      this.message.respond(answer);
    } catch {
      // The connection is closed for good: the lease runs out by itself, and the message comes again elsewhere.
    }
  }
}
