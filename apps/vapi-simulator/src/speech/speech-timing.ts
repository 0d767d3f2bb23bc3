/** How long speech takes in this call. */
export interface SpeechTiming {
  /** From acceptance, or from the end of the previous utterance, to sound (VAPI.md 2.4: 0.33-0.38 s). */
  readonly renderMs: number;
  /** Speaking time of one character. */
  readonly characterMs: number;
  /** The shortest utterance. */
  readonly minimumMs: number;
}

/** Speaking time of a text in ms. */
export function speakingMs(text: string, timing: SpeechTiming): number {
  return Math.max(timing.minimumMs, text.length * timing.characterMs);
}
