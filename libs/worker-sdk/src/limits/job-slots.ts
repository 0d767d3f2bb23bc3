/** What a job waits for, or that it does not. */
export type TicketState = 'call-limit' | 'concurrency' | 'running' | 'left';

/** One job's part in the slots. */
export interface Ticket {
  readonly callId: string;
  readonly state: TicketState;
}

interface OwnTicket extends Ticket {
  state: TicketState;
  readonly onChange: () => void;
}

/** The jobs of one call. */
interface Lane {
  /** Those that run, and those to whom only a place is missing. */
  held: number;
  readonly waiting: Set<OwnTicket>;
}

export interface SlotLimits {
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Those of one call among them. */
  readonly perCall: number;
}

/**
 * Who may run: so many in all, so many of one call. First come, first served, except that nobody waits behind a job that
 * waits for its own call. A pure state machine: whoever leaves lets the next one in before {@link leave} returns.
 */
export class JobSlots {
  private readonly lanes = new Map<string, Lane>();
  /** Jobs that their call lets run, in the order in which it did. */
  private readonly ready = new Set<OwnTicket>();
  private running = 0;
  private blocked = 0;

  constructor(private readonly limits: SlotLimits) {}

  /** How many wait, and for what. */
  get waiting(): Readonly<Record<'call-limit' | 'concurrency', number>> {
    return { 'call-limit': this.blocked, concurrency: this.ready.size };
  }

  /** @param onChange called whenever the state of the ticket has changed, but not for {@link leave} */
  enter(callId: string, onChange: () => void): Ticket {
    const lane = this.lanes.get(callId) ?? { held: 0, waiting: new Set() };
    this.lanes.set(callId, lane);
    const ticket: OwnTicket = { callId, state: 'call-limit', onChange };
    if (lane.held < this.limits.perCall) {
      this.hold(ticket, lane);
    } else {
      lane.waiting.add(ticket);
      this.blocked += 1;
    }
    return ticket;
  }

  /** The job has ended, or does not want to run any more. Idempotent. */
  leave(ticket: Ticket): void {
    const own = ticket as OwnTicket;
    const { state } = own;
    own.state = 'left';
    const lane = this.lanes.get(own.callId);
    if (lane === undefined || state === 'left') return;
    if (state === 'call-limit') {
      lane.waiting.delete(own);
      this.blocked -= 1;
      return;
    }
    if (state === 'running') this.running -= 1;
    else this.ready.delete(own);
    lane.held -= 1;
    const [next] = lane.waiting;
    if (next !== undefined) {
      lane.waiting.delete(next);
      this.blocked -= 1;
      this.hold(next, lane);
      return;
    }
    if (lane.held === 0) this.lanes.delete(own.callId);
    this.promote();
  }

  private hold(ticket: OwnTicket, lane: Lane): void {
    lane.held += 1;
    ticket.state = 'concurrency';
    this.ready.add(ticket);
    this.promote();
    if (this.ready.has(ticket)) ticket.onChange();
  }

  private promote(): void {
    for (const ticket of this.ready) {
      if (this.running >= this.limits.concurrency) return;
      this.ready.delete(ticket);
      this.running += 1;
      ticket.state = 'running';
      ticket.onChange();
    }
  }
}
