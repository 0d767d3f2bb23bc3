import type { CallLimits, ToolCallRequested } from '@interject/contracts';
import { FillerWatch } from '../speech/filler-watch.js';
import type { DueFiller } from '../speech/filler-watch.js';
import type { Floor } from '../speech/floor.js';
import type { CallAction } from './call-actions.types.js';
import type { CallPresence } from './call-presence.js';
import { LimitWatch } from './limit-watch.js';
import type { CallLimit } from './limit-watch.js';
import type { ToolCallBook } from './tool-call-book.js';

/** Keeps the caller company while tool calls are pending: fillers, and a word when Vapi is about to end the call. */
export class Company {
  private readonly fillers: FillerWatch;
  private readonly limits: LimitWatch;

  constructor(
    private readonly book: ToolCallBook,
    private readonly presence: CallPresence,
    private readonly floor: Floor,
    private readonly emit: (action: CallAction) => void,
    recorded: ReadonlyMap<string, unknown>,
  ) {
    this.fillers = new FillerWatch(new Set(recorded.keys()));
    this.limits = new LimitWatch(presence, floor);
  }

  learn(limits: CallLimits | undefined): void {
    this.limits.learn(limits);
  }

  finished(toolCallId: string): void {
    this.fillers.finished(toolCallId);
  }

  /** What is to be said now. @param isQuiet nothing of ours is being said or waits to be */
  due(isQuiet: boolean, now: number): DueFiller[] {
    const pending = this.book.awaited;
    if (pending.length === 0) return [];
    const due = this.limits.take(now).flatMap((limit) => this.nearLimit(limit, pending));
    if (due.length > 0 || !isQuiet || !this.presence.isLive) return due;
    const filler = this.fillers.take(pending, this.floor, now);
    return filler === undefined ? [] : [filler];
  }

  /** Times at which {@link due} may have something, if nothing else happens. */
  wakeTimes(): number[] {
    const pending = this.book.awaited;
    return pending.length === 0 ? [] : [this.fillers.nextAt(pending, this.floor), this.limits.nextAt()];
  }

  private nearLimit(limit: CallLimit, pending: readonly ToolCallRequested[]): DueFiller[] {
    this.emit({ kind: 'limit-near', limit });
    const key = limit === 'silence' ? 'onSilenceLimit' : 'onDurationLimit';
    for (const request of pending) {
      const text = request.fillers?.[key];
      if (text !== undefined) return [this.fillers.takeExtra(request, text)];
    }
    return [];
  }
}
