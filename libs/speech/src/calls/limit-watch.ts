import type { CallLimits } from '@interject/contracts';
import type { Floor } from '../speech/floor.js';
import { DEFAULT_LIMITS, DURATION_LIMIT_NEAR_MS, SILENCE_LIMIT_NEAR_MS } from '../speech/speech-settings.js';
import type { CallPresence } from './call-presence.js';

/** A limit at which Vapi ends a call by itself. */
export type CallLimit = 'silence' | 'duration';

/**
 * Notices when a call is about to be ended by Vapi while a job runs for it: to Vapi no tool is open then, and its timers
 * go on (VAPI.md 0, point 19).
 */
export class LimitWatch {
  private limits: CallLimits | undefined;
  /** Silence that has been reported, by its start. */
  private reportedSilence: number | undefined;
  private hasReportedDuration = false;

  constructor(
    private readonly presence: CallPresence,
    private readonly floor: Floor,
  ) {}

  learn(limits: CallLimits | undefined): void {
    if (limits !== undefined) this.limits = this.limits === undefined ? limits : { ...this.limits, ...limits };
  }

  /** The limits that have come near, each told once: a silence, and the call's duration. */
  take(now: number): CallLimit[] {
    const near: CallLimit[] = [];
    if (now >= this.silenceNearAt()) {
      this.reportedSilence = this.floor.silentFrom();
      near.push('silence');
    }
    if (now >= this.durationNearAt()) {
      this.hasReportedDuration = true;
      near.push('duration');
    }
    return near;
  }

  nextAt(): number {
    return Math.min(this.silenceNearAt(), this.durationNearAt());
  }

  private silenceNearAt(): number {
    const from = this.floor.isKnown ? this.floor.silentFrom() : -Infinity;
    if (!this.presence.isLive || from <= (this.reportedSilence ?? -Infinity)) return Infinity;
    const { silenceTimeoutMs = DEFAULT_LIMITS.silenceTimeoutMs } = this.limits ?? {};
    // A short limit is near when half of it is over.
    return from + Math.max(silenceTimeoutMs - SILENCE_LIMIT_NEAR_MS, silenceTimeoutMs / 2);
  }

  private durationNearAt(): number {
    const { liveSince } = this.presence;
    if (!this.presence.isLive || this.hasReportedDuration || liveSince === -Infinity) return Infinity;
    const { maxDurationMs = DEFAULT_LIMITS.maxDurationMs } = this.limits ?? {};
    return liveSince + Math.max(maxDurationMs - DURATION_LIMIT_NEAR_MS, maxDurationMs / 2);
  }
}
