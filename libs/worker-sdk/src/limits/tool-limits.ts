import type { Clock } from '@interject/observability';
import type { JobDelivery } from '../execution/job.types.js';
import type { CompiledTool } from '../tool-source.types.js';
import { JobPlace } from './job-place.js';
import { JobSlots } from './job-slots.js';
import { DEFAULT_CONCURRENCY_PER_CALL } from './limit-problems.js';
import { StartRate } from './start-rate.js';
import { WaitReasons } from './wait-reasons.js';
import type { WaitReason } from './wait-reasons.js';

export interface ToolLimitsPorts {
  readonly clock: Clock;
  /** How many replicas of the tool live. */
  readonly replicas: () => number;
  /** Hears of a job that has to wait. */
  readonly onWait: (reason: WaitReason) => void;
}

/** The limits of one tool on this replica. */
export class ToolLimits {
  private readonly slots: JobSlots;
  private readonly rate: StartRate | undefined;

  constructor(
    { concurrency, concurrencyPerCall = DEFAULT_CONCURRENCY_PER_CALL, rateLimit }: CompiledTool,
    private readonly ports: ToolLimitsPorts,
  ) {
    this.slots = new JobSlots({ concurrency, perCall: concurrencyPerCall });
    this.rate = rateLimit && new StartRate(rateLimit, ports.clock, ports.replicas);
  }

  /** How many jobs wait, and for what. */
  get waiting(): Readonly<Record<WaitReason, number>> {
    return { ...this.slots.waiting, [WaitReasons.Rate]: this.rate?.waiting ?? 0 };
  }

  /** The place of one job; nothing is taken before it asks. */
  place(callId: string, delivery: JobDelivery): JobPlace {
    const { clock, onWait } = this.ports;
    return new JobPlace(callId, { slots: this.slots, rate: this.rate, delivery, clock, onWait });
  }
}
