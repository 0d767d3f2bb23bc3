import type { CancelTimer, Clock } from '../clock/clock.types.js';
import { Random } from '../clock/random.js';
import { hits } from '../faults/occurrences.js';
import type { BargeIn, CallerTalk } from '../scenario/scenario.types.js';
import type { CallerVoice } from '../speech/caller-voice.js';
import { isInjected } from '../speech/speech.types.js';
import type { CallLog } from '../transcript/call-log.js';
import type { CallEvent } from '../transcript/transcript.types.js';

export interface HabitOptions {
  readonly clock: Clock;
  readonly log: CallLog;
  readonly caller: CallerVoice;
  /** Speaking time of one character. */
  readonly characterMs: number;
  readonly bargeIn: BargeIn | undefined;
  /** Makes the chance of each call its own. */
  readonly callNumber: number;
}

/** What the caller does beside the scripted lines: talks at will, cuts into injected speech. */
export class CallerHabits {
  private talk: CallerTalk | undefined;
  private cancelTalk: CancelTimer | undefined;
  private readonly bargeIns = new Map<number, CancelTimer>();
  private begun = 0;
  private closed = false;

  constructor(private readonly options: HabitOptions) {
    const { bargeIn, callNumber, log } = options;
    if (bargeIn === undefined) return;
    const random = new Random(bargeIn.seed + callNumber);
    log.listen((event) => this.mayBargeIn(event, bargeIn, random));
  }

  /** From now on the caller talks at will; undefined ends that, without cutting a word. */
  talkAtWill(talk: CallerTalk | undefined): void {
    this.cancelTalk?.();
    this.talk = talk;
    if (talk !== undefined) this.scheduleTalk(talk, new Random(talk.seed + this.options.callNumber));
  }

  /** The call ended. */
  close(): void {
    this.closed = true;
    this.talkAtWill(undefined);
    for (const cancel of this.bargeIns.values()) cancel();
  }

  private scheduleTalk(talk: CallerTalk, random: Random): void {
    const { caller, clock } = this.options;
    this.cancelTalk = clock.after(random.within(talk.everyMs), () => {
      const forMs = random.within(talk.forMs);
      void caller.speak(this.textOf(talk, forMs), forMs).then(() => {
        if (this.talk === talk && !this.closed) this.scheduleTalk(talk, random);
      });
    });
  }

  /** As many words as fit into the time. */
  private textOf({ text }: CallerTalk, forMs: number): string {
    const characters = Math.max(1, Math.floor(forMs / Math.max(1, this.options.characterMs)));
    return text
      .repeat(Math.ceil(characters / text.length))
      .slice(0, characters)
      .trim();
  }

  private mayBargeIn(event: CallEvent, bargeIn: BargeIn, random: Random): void {
    if (event.type === 'speech-stopped') {
      this.bargeIns.get(event.utteranceId)?.();
      this.bargeIns.delete(event.utteranceId);
    }
    if (event.type !== 'speech-started' || !isInjected(event.source)) return;
    this.begun += 1;
    const isWilling = random.next() < bargeIn.probability;
    if (!hits(bargeIn.nth, this.begun) || !isWilling) return;
    const { caller, clock } = this.options;
    const cutIn = (): void => void caller.speak(bargeIn.text, bargeIn.forMs);
    this.bargeIns.set(event.utteranceId, clock.after(bargeIn.intoInjectedMs, cutIn));
  }
}
