import type { CallEnded, CallStatus, CallStatusChanged } from '@interject/contracts';

const BEFORE_SPEECH: ReadonlySet<CallStatus> = new Set<CallStatus>(['scheduled', 'queued', 'ringing']);

const OLD_STATUS_MS = 60_000;

/** Whether a call is live, as far as its facts tell. */
export class CallPresence {
  private current: CallStatus | undefined;
  private currentAt = -Infinity;
  private end: CallEnded | undefined;
  private hasSign = false;
  private recall: 'none' | 'asked' | 'done' = 'none';
  /** Since when it is live, the owner's clock. */
  liveSince = -Infinity;
  /** When its end became known, the owner's clock. */
  endSeenAt = Infinity;

  get status(): CallStatus {
    return this.isEnded ? 'ended' : (this.current ?? 'unknown');
  }

  get isEnded(): boolean {
    return this.endSeenAt !== Infinity;
  }

  get ended(): CallEnded | undefined {
    return this.end;
  }

  /** Somebody can hear us: in progress, or no status was ever seen but the call shows life. VAPI.md 2.4. */
  get isLive(): boolean {
    if (this.isEnded || this.recall === 'asked') return false;
    return this.current === 'in-progress' || (this.current === undefined && this.hasSign);
  }

  /** True when neither its status nor a tool call is known: it may have ended long ago, or not begun. */
  get isStrange(): boolean {
    return this.recall === 'none' && !this.isEnded && this.current === undefined && !this.hasSign;
  }

  /** A tool call or speech was seen: the call lives. */
  sign(now: number): void {
    if (!this.hasSign && this.current === undefined) this.liveSince = now;
    this.hasSign = true;
  }

  /** Somebody speaks: the call is in progress, even if the word of that was lost. @param at Vapi's timestamp */
  spoke(at: number, now: number): void {
    this.sign(now);
    if (this.current === undefined || !BEFORE_SPEECH.has(this.current) || at < this.currentAt) return;
    this.statusChanged({ status: 'in-progress', at }, now);
  }

  statusChanged({ status, at }: Omit<CallStatusChanged, 'callId'>, now: number): void {
    // Webhooks may come out of order; a word that Vapi invented later says nothing.
    if (at < this.currentAt || status === 'unknown') return;
    // A status that was looked up may be old; one that just came is of now, whatever Vapi's clock says.
    if (status === 'in-progress' && this.current !== status) this.liveSince = now - at > OLD_STATUS_MS ? at : now;
    this.current = status;
    this.currentAt = at;
  }

  /** Terminal: a call does not live again (VAPI.md 4). @param fact missing when the end was found by asking Vapi */
  ending(now: number, fact?: CallEnded): void {
    this.endSeenAt = Math.min(this.endSeenAt, now);
    this.end ??= fact;
  }

  recallAsked(): void {
    this.recall = 'asked';
  }

  /** What the stream still holds of a strange call. A result without anything else still proves that it lived. */
  recalled(now: number, hasToolCalls: boolean, status?: CallStatusChanged): void {
    this.recall = 'done';
    if (status !== undefined) this.statusChanged(status, now);
    if (hasToolCalls) this.sign(now);
  }
}
