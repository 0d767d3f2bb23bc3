import type { UtteranceRecord } from '@interject/contracts';
import type { SpeechLedger } from './speech-ledger.js';
import { PROGRESS_MAX_COUNT } from './speech-settings.js';
import { Utterance } from './utterance.js';
import type { UtteranceContent } from './utterance.js';
import { inSpeakingOrder, isReplacedBy } from './utterance-queue.js';

/** All utterances of one call, in the order in which they came. */
export class UtteranceRow {
  private readonly utterances = new Map<string, Utterance>();

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

  get(id: string): Utterance | undefined {
    return this.utterances.get(id);
  }

  /** @param record what the ledger says of it already, after a change of owner */
  create(content: UtteranceContent, record?: UtteranceRecord): Utterance {
    const utterance = new Utterance(content, this.utterances.size);
    this.utterances.set(utterance.id, utterance);
    if (record !== undefined) utterance.resume(record);
    return utterance;
  }

  /** Lines it up to be said; what it makes superfluous is not said any more. */
  enqueue(utterance: Utterance, now: number): void {
    utterance.state = 'queued';
    if (this.isTooMuchProgress(utterance)) {
      this.ledger.finish(utterance, 'undelivered', now, 'hold-policy');
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

  /** Its result is there: reports about a tool call's progress are of no use any more. */
  dropProgressOf(toolCallId: string, now: number): void {
    for (const utterance of this.waiting) {
      const { source, toolCallId: of } = utterance.content;
      if (source === 'progress' && of === toolCallId) this.ledger.finish(utterance, 'replaced', now);
    }
  }

  expire(now: number): void {
    for (const utterance of this.waiting) {
      if (now >= utterance.expiresAt) this.ledger.finish(utterance, 'expired', now);
    }
  }

  /** The call is over: nothing of what waits can be said any more. */
  closeAll(now: number): void {
    for (const utterance of this.waiting) this.ledger.finish(utterance, 'undelivered', now, 'call-ended');
  }

  private isTooMuchProgress({ content }: Utterance): boolean {
    if (content.source !== 'progress') return false;
    let said = 0;
    for (const other of this.utterances.values()) {
      const isReport = other.content.source === 'progress' && other.content.toolCallId === content.toolCallId;
      if (isReport && other.attempt > 0) said += 1;
    }
    return said >= PROGRESS_MAX_COUNT;
  }
}
