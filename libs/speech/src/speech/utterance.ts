import type {
  CompiledSpeechPlan,
  FinalState,
  RecordedState,
  SpeechWording,
  ToolCallOutcome,
  UndeliveredReason,
  UtteranceRecord,
  UtteranceSource,
} from '@interject/contracts';
import { sentenceOf } from '../wording/speakable.js';

/** `preparing`: not yet queued, because a fact about its tool call or the ledger's claim is being looked up. */
export type UtteranceState = 'preparing' | 'queued' | 'held' | 'sending' | 'sent' | 'speaking' | FinalState;

/** What an utterance is made of; does not change. */
export interface UtteranceContent {
  readonly id: string;
  readonly callId: string;
  readonly source: UtteranceSource;
  readonly text: string;
  readonly plan: CompiledSpeechPlan;
  readonly queuedAt: number;
  readonly tool?: string;
  readonly toolCallId?: string;
  readonly outcome?: ToolCallOutcome;
  readonly data?: unknown;
  readonly arguments?: Record<string, unknown>;
  /** When the tool call was made. */
  readonly requestedAt?: number;
}

export interface UtteranceTimeline {
  readonly queuedAt: number;
  heldAt?: number;
  sendingAt?: number;
  sentAt?: number;
  speakingAt?: number;
  endedAt?: number;
}

/** A time that it was said, or may have been, and how that went. */
export interface PastAttempt extends Omit<UtteranceTimeline, 'queuedAt'> {
  readonly attempt: number;
  readonly outcome: 'interrupted' | 'unconfirmed' | 'not-sent';
}

/** Refused POSTs may be many; what is kept of them is for people to read. */
const KEPT_ATTEMPTS = 10;

const WAITING: ReadonlySet<UtteranceState> = new Set(['queued', 'held']);
const OPEN: ReadonlySet<UtteranceState> = new Set(['preparing', 'queued', 'held', 'sending', 'sent', 'speaking']);

/** One thing to be said, and how far it came. */
export class Utterance {
  state: UtteranceState = 'preparing';
  times: UtteranceTimeline;
  /** Number of the present or last time it was said; 0: never. */
  attempt = 0;
  /** How often it went back into the queue after it was said, or may have been. */
  repeats = 0;
  /** POSTs of this attempt that were certainly not accepted. */
  refusals = 0;
  hasRetriedUnknown = false;
  reason: UndeliveredReason | undefined;
  wording: SpeechWording;
  /** Head of the speech that it was said with. */
  saidWith: string | undefined;
  /** The newest of its attempts before the present one. */
  readonly past: PastAttempt[] = [];
  private sentence: { readonly isRepeat: boolean; readonly words: string } | undefined;

  private kept: UtteranceContent;

  /** @param order place in the call's row of utterances, kept when it is said again */
  constructor(
    content: UtteranceContent,
    readonly order: number,
  ) {
    this.kept = content;
    this.times = { queuedAt: content.queuedAt };
    this.wording = content.plan.wording;
  }

  get content(): UtteranceContent {
    return this.kept;
  }

  get id(): string {
    return this.content.id;
  }

  get plan(): CompiledSpeechPlan {
    return this.content.plan;
  }

  get isOpen(): boolean {
    return OPEN.has(this.state);
  }

  get isWaiting(): boolean {
    return WAITING.has(this.state);
  }

  /** What is POSTed of it: its words, made fit for a voice when they are said as they are. */
  get words(): string {
    const { text } = this.content;
    if (this.wording !== 'verbatim') return text.trim();
    // Asked for at every choice, and dear to make: once for the first time it is said, once for the repeats.
    const isRepeat = this.repeats > 0;
    if (this.sentence?.isRepeat !== isRepeat) {
      this.sentence = { isRepeat, words: sentenceOf(text, this.plan, isRepeat) };
    }
    return this.sentence.words;
  }

  get expiresAt(): number {
    return this.content.queuedAt + this.plan.expiresInMs;
  }

  /** Back into the queue, to be said again: times of the try before do not count any more, and a new hold begins. */
  requeue(outcome: 'interrupted' | 'unconfirmed'): void {
    this.keepAttempt(outcome);
    this.state = 'queued';
    this.repeats += 1;
    this.refusals = 0;
    this.saidWith = undefined;
    this.times = { queuedAt: this.times.queuedAt };
  }

  /** Back into the queue after a try that certainly was not said: the hold goes on. */
  putBack(): void {
    this.keepAttempt('not-sent');
    const { queuedAt, heldAt } = this.times;
    this.attempt = this.repeats;
    this.saidWith = undefined;
    this.state = heldAt === undefined ? 'queued' : 'held';
    this.times = heldAt === undefined ? { queuedAt } : { queuedAt, heldAt };
  }

  /** It waits for something else than the floor: a hold begins anew after that. */
  unhold(): void {
    this.state = 'queued';
    this.times = { queuedAt: this.times.queuedAt };
  }

  /** Takes over what the ledger says of it after a change of owner. */
  resume(record: UtteranceRecord): void {
    this.attempt = record.attempt;
    if (record.final === false) {
      // It is queued again; of a `sending` that was not written the attempt does not count.
      this.repeats = record.attempt;
      return;
    }
    this.saidWith = record.saidWith;
    this.times = { ...record.times };
    if (record.state === 'sending') return;
    this.state = record.state;
    this.reason = record.reason;
  }

  /** Its entry in the ledger. @param final false when it will be said again */
  toRecord(state: RecordedState, final?: boolean): UtteranceRecord {
    const { id, callId, source, tool, toolCallId } = this.content;
    return {
      utteranceId: id,
      callId,
      source,
      class: this.plan.class,
      state,
      attempt: this.attempt,
      times: { ...this.times },
      ...(final === undefined ? {} : { final }),
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(tool === undefined ? {} : { tool }),
      ...(toolCallId === undefined ? {} : { toolCallId }),
      ...(this.saidWith === undefined ? {} : { saidWith: this.saidWith }),
    };
  }

  /** It has come to its end, and that is stored: only what it was is still shown, its words are asked for no more. */
  release(): void {
    if (this.isOpen) return;
    const { data: _data, arguments: _arguments, ...content } = this.kept;
    this.kept = { ...content, text: '' };
    this.sentence = undefined;
  }

  private keepAttempt(outcome: PastAttempt['outcome']): void {
    const { queuedAt: _, ...times } = this.times;
    this.past.push({ attempt: this.repeats + 1, outcome, ...times });
    if (this.past.length > KEPT_ATTEMPTS) this.past.shift();
  }
}
