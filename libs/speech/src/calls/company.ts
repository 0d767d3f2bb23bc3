import type { CallLimits } from '@interject/contracts';
import { FillerWatch } from '../speech/filler-watch.js';
import type { DueFiller } from '../speech/filler-watch.js';
import type { CallParts } from './call-parts.types.js';
import { LimitWatch } from './limit-watch.js';
import type { CallLimit } from './limit-watch.js';
import type { AwaitedToolCall } from './tool-call-book.js';

/** Keeps the caller company while tool calls are pending: fillers, and a word when Vapi is about to end the call. */
export class Company {
  private readonly fillers: FillerWatch;
  private readonly limits: LimitWatch;

  constructor(private readonly parts: CallParts) {
    this.fillers = new FillerWatch(parts.recorded);
    this.limits = new LimitWatch(parts.presence, parts.floor);
  }

  learn(limits: CallLimits | undefined): void {
    this.limits.learn(limits);
  }

  finished(toolCallId: string): void {
    this.fillers.finished(toolCallId);
  }

  /** What is to be said now. @param isQuiet nothing of ours is being said or waits to be */
  due(isQuiet: boolean, now: number): DueFiller[] {
    const { book, presence, floor } = this.parts;
    const pending = book.awaited;
    if (pending.length === 0) return [];
    const due = this.limits.take(now).flatMap((limit) => this.nearLimit(limit, pending));
    if (due.length > 0 || !isQuiet || !presence.isLive) return due;
    const filler = this.fillers.take(pending, floor, now);
    return filler === undefined ? [] : [filler];
  }

  /** Times at which {@link due} may have something, if nothing else happens. */
  wakeTimes(): number[] {
    const { book, floor } = this.parts;
    const pending = book.awaited;
    return pending.length === 0 ? [] : [this.fillers.nextAt(pending, floor), this.limits.nextAt()];
  }

  private nearLimit(limit: CallLimit, pending: readonly AwaitedToolCall[]): DueFiller[] {
    this.parts.outbox.push({ kind: 'limit-near', limit });
    const key = limit === 'silence' ? 'onSilenceLimit' : 'onDurationLimit';
    for (const { request } of pending) {
      const text = request.fillers?.[key];
      if (text !== undefined) return [this.fillers.takeExtra(request, text)];
    }
    return [];
  }
}
