import type { CancelTimer, Clock } from '../clock/clock.types.js';
import { speakingMs, type SpeechTiming } from './speech-timing.js';

export interface CallerObserver {
  callerStarted(text: string): void;
  callerStopped(text: string): void;
}

interface CallerLine {
  readonly text: string;
  readonly takesMs: number;
  readonly done: () => void;
}

/** The caller: says one line at a time, listens to nobody. */
export class CallerVoice {
  private readonly waiting: CallerLine[] = [];
  private current: (CallerLine & { readonly startedAtMs: number; readonly cancel: CancelTimer }) | undefined;
  private closed = false;

  constructor(
    private readonly clock: Clock,
    private readonly timing: SpeechTiming,
    private readonly observer: CallerObserver,
  ) {}

  /**
   * Speaks a line, after those before it; settles when it is said or the call ended.
   * @param takesMs how long it takes, by its length if left out
   */
  speak(text: string, takesMs = speakingMs(text, this.timing)): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed) {
        resolve();
        return;
      }
      this.waiting.push({ text, takesMs, done: resolve });
      this.next();
    });
  }

  /** How long the caller has been speaking, in ms; undefined when silent. */
  speakingForMs(): number | undefined {
    return this.current === undefined ? undefined : this.clock.nowMs() - this.current.startedAtMs;
  }

  /** The call ended. */
  close(): void {
    this.closed = true;
    const unsaid = this.waiting.splice(0);
    this.stop();
    for (const line of unsaid) line.done();
  }

  private next(): void {
    if (this.current !== undefined || this.closed) return;
    const line = this.waiting.shift();
    if (line === undefined) return;
    const cancel = this.clock.after(line.takesMs, () => {
      this.stop();
      this.next();
    });
    this.current = { ...line, startedAtMs: this.clock.nowMs(), cancel };
    this.observer.callerStarted(line.text);
  }

  private stop(): void {
    const current = this.current;
    if (current === undefined) return;
    current.cancel();
    this.current = undefined;
    this.observer.callerStopped(current.text);
    current.done();
  }
}
