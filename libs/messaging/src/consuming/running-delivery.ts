import { nanos } from 'nats';
import type { Msg } from 'nats';
import type { StreamName } from '@interject/contracts';
import type { Clock } from '@interject/observability';
import { deliveryInfo, headerRecord } from '../reading/stored-message.js';
import type { StoredMessage } from '../reading/stored-message.js';
import { DEFAULT_HOLD_MS, DeliveryContext } from './delivery-context.js';
import type { DeliveryControls } from './delivery-context.js';
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
}

/** A message between its arrival and its settlement. */
export class RunningDelivery implements Leased, DeliveryControls {
  readonly context: DeliveryContext;
  readonly stored: StoredMessage;
  private readonly abort = new AbortController();
  private isSettled = false;
  private isAside = false;
  private isReleased = false;
  private deadReason: string | undefined;
  private until: number;

  constructor(
    private readonly message: Msg,
    private readonly ports: DeliveryPorts,
  ) {
    const info = deliveryInfo(message.reply ?? '');
    this.until = ports.clock.monotonic() + DEFAULT_HOLD_MS;
    this.stored = {
      subject: message.subject,
      sequence: info?.streamSequence ?? 0,
      storedAt: info?.storedAt ?? 0,
      headers: headerRecord(message.headers),
      data: message.data,
    };
    const facts = {
      ...this.stored,
      stream: ports.stream,
      deliveryCount: info?.deliveryCount ?? 1,
      draining: ports.draining,
      signal: this.abort.signal,
    };
    this.context = new DeliveryContext(facts, this);
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
    this.answer(ACK);
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
