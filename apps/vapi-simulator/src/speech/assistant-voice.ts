import type { CancelTimer, Clock } from '../clock/clock.types.js';
import { speakingMs, type SpeechTiming } from './speech-timing.js';
import type { SpeechOutcome, SpeechRequest, SpeechSource, Utterance, VoiceObserver } from './speech.types.js';

interface QueuedSpeech {
  readonly utterance: Utterance;
  readonly settle: (outcome: SpeechOutcome) => void;
}

interface CurrentSpeech extends QueuedSpeech {
  readonly phase: 'rendering' | 'playing';
  readonly cancel: CancelTimer;
}

/** An utterance that was taken in; `done` settles with what became of it. */
export interface AcceptedSpeech {
  readonly utterance: Utterance;
  readonly done: Promise<SpeechOutcome>;
}

/**
 * The one voice of the assistant: a first-in-first-out queue of scripted and injected utterances. It does not wait for
 * the caller (VAPI.md 2.4); the caller's start cuts what is interruptible.
 */
export class AssistantVoice {
  private readonly waiting: QueuedSpeech[] = [];
  private current: CurrentSpeech | undefined;
  private lastStopMs = Number.NEGATIVE_INFINITY;
  private nextId = 1;
  private closed = false;

  constructor(
    private readonly clock: Clock,
    private readonly timing: SpeechTiming,
    private readonly observer: VoiceObserver,
  ) {}

  /** Something is being said or waits to be said. */
  get busy(): boolean {
    return this.current !== undefined || this.waiting.length > 0;
  }

  /** Takes an utterance in; after the end of the call it settles as `call-ended` at once. */
  say(request: SpeechRequest): AcceptedSpeech {
    const utterance = { ...request, id: this.nextId++, acceptedAtMs: this.clock.nowMs() };
    let settle: (outcome: SpeechOutcome) => void = () => undefined;
    const done = new Promise<SpeechOutcome>((resolve) => (settle = resolve));
    this.observer.accepted(utterance);
    if (this.closed) {
      this.observer.stopped(utterance, 'call-ended', false);
      settle('call-ended');
      return { utterance, done };
    }
    if (request.replacesCurrent) this.makeWay();
    this.waiting[request.replacesCurrent ? 'unshift' : 'push']({ utterance, settle });
    this.renderNext();
    return { utterance, done };
  }

  /** The caller began to speak: an interruptible utterance that plays is cut. Says whether it was. */
  callerStarted(): boolean {
    const current = this.current;
    if (current?.phase !== 'playing' || !current.utterance.interruptible) return false;
    this.finish('interrupted');
    return true;
  }

  /** Cuts the utterance that plays, if this is the one. */
  cut(utteranceId: number, outcome: SpeechOutcome): void {
    if (this.current?.phase === 'playing' && this.current.utterance.id === utteranceId) this.finish(outcome);
  }

  /** A message that triggers a reply silences what plays (VAPI.md 2.4). */
  silence(): void {
    if (this.current?.phase === 'playing') this.finish('replaced');
  }

  /** What waits or is being rendered of this source is not said after all. */
  dropUnspoken(source: SpeechSource): void {
    const keep = this.waiting.filter(({ utterance }) => utterance.source !== source);
    const dropped = this.waiting.filter(({ utterance }) => utterance.source === source);
    this.waiting.splice(0, this.waiting.length, ...keep);
    for (const { utterance, settle } of dropped) {
      this.observer.stopped(utterance, 'interrupted', false);
      settle('interrupted');
    }
    if (this.current?.phase === 'rendering' && this.current.utterance.source === source) this.finish('interrupted');
  }

  /** The call ended: what plays is cut, the rest of the queue is dropped. */
  close(): void {
    this.closed = true;
    const dropped = this.waiting.splice(0);
    if (this.current !== undefined) this.finish('call-ended');
    for (const item of dropped) {
      this.observer.stopped(item.utterance, 'call-ended', false);
      item.settle('call-ended');
    }
  }

  /** What plays is cut; what is only being rendered goes back to the head of the queue. */
  private makeWay(): void {
    const current = this.current;
    if (current?.phase === 'playing') this.finish('replaced', false);
    if (current?.phase !== 'rendering') return;
    current.cancel();
    this.current = undefined;
    this.waiting.unshift({ utterance: current.utterance, settle: current.settle });
  }

  private renderNext(): void {
    if (this.current !== undefined) return;
    const next = this.waiting.shift();
    if (next === undefined) return;
    const { acceptedAtMs, lateMs } = next.utterance;
    const startMs = Math.max(acceptedAtMs, this.lastStopMs) + this.timing.renderMs + lateMs;
    const cancel = this.clock.after(startMs - this.clock.nowMs(), () => this.play(next));
    this.current = { ...next, phase: 'rendering', cancel };
  }

  private play(item: QueuedSpeech): void {
    const cancel = this.clock.after(speakingMs(item.utterance.text, this.timing), () => this.finish('finished'));
    this.current = { ...item, phase: 'playing', cancel };
    this.observer.started(item.utterance);
  }

  private finish(outcome: SpeechOutcome, goOn = true): void {
    const current = this.current;
    if (current === undefined) return;
    current.cancel();
    this.current = undefined;
    if (current.phase === 'playing') this.lastStopMs = this.clock.nowMs();
    this.observer.stopped(current.utterance, outcome, current.phase === 'playing');
    current.settle(outcome);
    if (goOn && !this.closed) this.renderNext();
  }
}
