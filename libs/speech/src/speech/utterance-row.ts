import type { UndeliveredReason, UtteranceRecord } from '@interject/contracts';
import type { SpeechLedger } from './speech-ledger.js';
import { KEPT_UTTERANCES, MAX_WAITING } from './speech-settings.js';
import { Utterance } from './utterance.js';
import type { UtteranceContent } from './utterance.js';
import { inSpeakingOrder, isReplacedBy } from './utterance-queue.js';

/** All utterances of one call, in the order in which they came. */
export class UtteranceRow {
  private readonly utterances = new Map<string, Utterance>();
  private created = 0;

  constructor(private readonly ledger: SpeechLedger) {}

  get all(): Iterable<Utterance> {
    return this.utterances.values();
  }

  /** What is still to be said, first things first. */
  get waiting(): Utterance[] {
    return inSpeakingOrder(this.utterances.values());
  }

  get hasOpen(): boolean {
    for (const utterance of this.utterances.values()) {
      if (utterance.isOpen) return true;
    }
    return false;
  }

  /** How many are not at their end. */
  get openCount(): number {
    let count = 0;
    for (const utterance of this.utterances.values()) if (utterance.isOpen) count += 1;
    return count;
  }

  get(id: string): Utterance | undefined {
    return this.utterances.get(id);
  }

  /** @param record what the ledger says of it already, after a change of owner */
  create(content: UtteranceContent, record?: UtteranceRecord): Utterance {
    const utterance = new Utterance(content, this.created);
    this.created += 1;
    this.utterances.set(utterance.id, utterance);
    this.prune();
    if (record !== undefined) utterance.resume(record);
    return utterance;
  }

  /** Lines it up to be said; what it makes superfluous is not said any more. */
  enqueue(utterance: Utterance, now: number): void {
    utterance.state = 'queued';
    const refusal = this.refusalOf(utterance);
    if (refusal !== undefined) {
      this.ledger.finish(utterance, 'undelivered', now, refusal);
      return;
    }
    this.replaceStale(now);
  }

  /** Ends what newer ones replace; also after one went back into the row. */
  replaceStale(now: number): void {
    const waiting = this.waiting;
    for (const older of waiting) {
      if (waiting.some((newer) => isReplacedBy(older, newer))) this.ledger.finish(older, 'replaced', now);
    }
  }

  /** Its result is there: reports about a tool call's progress, and words to bridge it, are of no use any more. */
  dropProgressOf(toolCallId: string, now: number): void {
    for (const utterance of this.waiting) {
      const { source, toolCallId: of } = utterance.content;
      if ((source === 'progress' || source === 'filler') && of === toolCallId)
        this.ledger.finish(utterance, 'replaced', now);
    }
  }

  /** @param isMuted it is not fresh any more because speech was switched off */
  expire(now: number, isMuted: boolean): void {
    for (const utterance of this.waiting) {
      if (now < utterance.expiresAt) continue;
      if (isMuted) this.ledger.finish(utterance, 'undelivered', now, 'muted');
      else this.ledger.finish(utterance, 'expired', now, 'expired');
    }
  }

  /** The call is over: nothing of what waits can be said any more. */
  closeAll(now: number, isMuted: boolean): void {
    for (const utterance of this.waiting) {
      this.ledger.finish(utterance, 'undelivered', now, isMuted ? 'muted' : 'call-ended');
    }
  }

  /** Speech is switched off: nothing is held for the floor. Whatever waits then has its hold before it, not behind it. */
  mute(): void {
    for (const utterance of this.utterances.values()) {
      if (utterance.isWaiting) utterance.unhold();
    }
  }

  private refusalOf(utterance: Utterance): UndeliveredReason | undefined {
    if (utterance.words === '') return 'unspeakable';
    const { source } = utterance.content;
    if (source === 'progress' && this.reportsSaid(utterance) >= utterance.plan.maxCount) return 'hold-policy';
    // Results are bounded by the tool calls of the call; an announcement comes from anywhere.
    return source === 'announcement' && this.openCount > MAX_WAITING ? 'queue-full' : undefined;
  }

  private reportsSaid({ content }: Utterance): number {
    let said = 0;
    for (const other of this.utterances.values()) {
      const isReport = other.content.source === 'progress' && other.content.toolCallId === content.toolCallId;
      if (isReport && other.attempt > 0) said += 1;
    }
    return said;
  }

  /** A call may last for hours: of what is over, the newest are kept to be shown. */
  private prune(): void {
    if (this.utterances.size <= KEPT_UTTERANCES) return;
    for (const [id, utterance] of this.utterances) {
      if (utterance.isOpen) continue;
      this.utterances.delete(id);
      return;
    }
  }
}
