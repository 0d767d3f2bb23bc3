import type { CancelTimer, Clock } from '../clock/clock.types.js';
import { Random } from '../clock/random.js';
import type { AutoReply } from '../scenario/scenario.types.js';
import type { AssistantVoice } from '../speech/assistant-voice.js';
import type { SpeechSource } from '../speech/speech.types.js';
import type { CallLog } from '../transcript/call-log.js';

export interface ModelOptions {
  readonly clock: Clock;
  readonly log: CallLog;
  readonly assistant: AssistantVoice;
  /** From being asked to having words. */
  readonly latencyMs: number;
  readonly autoReply: AutoReply | undefined;
  /** Makes the chance of each call its own. */
  readonly callNumber: number;
  /** False while nobody of this call would hear it. */
  readonly isOnTheLine: () => boolean;
}

/** What the model says without being scripted: replies to the caller, and to messages that ask for one. */
export class Model {
  private readonly pending = new Set<CancelTimer>();
  private readonly random: Random;
  private cancelReply: CancelTimer | undefined;
  private replies = 0;

  constructor(private readonly options: ModelOptions) {
    const { autoReply, callNumber, log } = options;
    this.random = new Random((autoReply?.seed ?? 0) + callNumber);
    if (autoReply === undefined) return;
    log.listen((event) => {
      if (event.type === 'caller-stopped') this.answerCaller(autoReply);
      if (event.type === 'caller-started') this.callerGoesOn();
    });
  }

  /** Says this once the model had its time; an empty text is no reply. */
  replyWith(text: string, source: SpeechSource): void {
    if (text.trim() !== '') this.later(this.options.latencyMs, () => this.say(text.trim(), source));
  }

  /** The call ended. */
  close(): void {
    for (const cancel of this.pending) cancel();
    this.pending.clear();
  }

  private answerCaller({ latencyMs, texts }: AutoReply): void {
    this.cancelReply?.();
    const text = texts[this.replies % texts.length] ?? '';
    this.cancelReply = this.later(this.random.within(latencyMs), () => {
      this.replies += 1;
      this.say(text, 'model');
    });
  }

  /** It was only a pause: what the model was about to say is not said. */
  private callerGoesOn(): void {
    this.cancelReply?.();
    this.cancelReply = undefined;
    this.options.assistant.dropUnspoken('model');
  }

  private say(text: string, source: SpeechSource): void {
    const { assistant, isOnTheLine } = this.options;
    if (isOnTheLine()) assistant.say({ text, source, interruptible: true, replacesCurrent: false, lateMs: 0 });
  }

  private later(delayMs: number, run: () => void): CancelTimer {
    const cancel = this.options.clock.after(delayMs, () => {
      this.pending.delete(forget);
      run();
    });
    const forget = (): void => {
      cancel();
      this.pending.delete(forget);
    };
    this.pending.add(forget);
    return forget;
  }
}
