import type { Clock } from '@interject/observability';
import type { JobDelivery } from '../execution/job.types.js';
import type { JobSlots, Ticket } from './job-slots.js';
import type { StartRate } from './start-rate.js';
import { turn } from './turn.js';
import type { Patience, TurnEnd } from './turn.js';
import { WaitReasons } from './wait-reasons.js';
import type { WaitReason } from './wait-reasons.js';

export interface JobPlaceParts {
  readonly slots: JobSlots;
  readonly rate: StartRate | undefined;
  readonly delivery: JobDelivery;
  readonly clock: Clock;
  readonly onWait: (reason: WaitReason) => void;
}

/** The part of one job in the limits of its tool, from its arrival to its end. */
export class JobPlace {
  private ticket: Ticket | undefined;
  private reason: WaitReason | undefined;

  constructor(
    private readonly callId: string,
    private readonly parts: JobPlaceParts,
  ) {}

  /** What it waits for, or waited for last. */
  get waitedFor(): WaitReason | undefined {
    return this.reason;
  }

  /**
   * Waits until its call and its tool let it run. As long as its call does not, it gives its place in the pull window to
   * the jobs of others; its lease is kept.
   */
  async enter(patience: Patience): Promise<TurnEnd> {
    const { slots, delivery, clock } = this.parts;
    let onChange = (): void => undefined;
    const ticket = slots.enter(this.callId, () => {
      onChange();
    });
    this.ticket = ticket;
    if (ticket.state === 'running') return 'granted';
    this.wait(ticket.state === 'call-limit' ? WaitReasons.Call : WaitReasons.Concurrency);
    if (ticket.state === 'call-limit') delivery.standAside?.();
    const end = await turn(clock, patience, (grant) => {
      onChange = () => {
        delivery.comeBack?.();
        if (ticket.state === 'running') grant();
        else this.wait(WaitReasons.Concurrency);
      };
      return () => {
        this.leave();
      };
    });
    if (end === 'stopped') this.leave();
    return end;
  }

  /** Waits until the tool's rate lets its handler start. */
  async start(patience: Patience): Promise<TurnEnd> {
    const { rate, clock } = this.parts;
    if (patience.signals.some(({ aborted }) => aborted)) return 'stopped';
    if (clock.now() > patience.until) return 'late';
    if (rate === undefined || rate.tryStart()) return 'granted';
    this.wait(WaitReasons.Rate);
    return rate.start(patience);
  }

  /** The job has ended. Idempotent. */
  leave(): void {
    if (this.ticket !== undefined) this.parts.slots.leave(this.ticket);
  }

  private wait(reason: WaitReason): void {
    this.reason = reason;
    this.parts.onWait(reason);
  }
}
