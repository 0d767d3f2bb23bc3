import { estimatedSpeakingMs, SPEECH_LEAD_MS } from './speech-settings.js';

/** Weight of the newest speech: a voice does not change within a call, one odd observation should not count for much. */
const NEWEST_SHARE = 0.5;
/** Further off than this it was not our text that was heard. */
const PLAUSIBLE = { least: 0.1, most: 4 } as const;
/** Short texts are mostly lead-in and say little about the pace. */
const LEAST_CHARACTERS = 20;

/** How fast the assistant speaks in one call: as configured, until speech of ours was heard to its end. */
export class SpeechPace {
  private characterMs: number;

  /** @param configuredMs speaking time of a character, milliseconds */
  constructor(private readonly configuredMs: number) {
    this.characterMs = configuredMs;
  }

  /** How long `text` will take, milliseconds. */
  estimate(text: string): number {
    return estimatedSpeakingMs(text, this.characterMs);
  }

  /** `text` was heard and took `ms`. */
  learn(text: string, ms: number): void {
    const measured = Math.max(0, ms - SPEECH_LEAD_MS / 2) / text.length;
    const ratio = measured / this.configuredMs;
    if (text.length < LEAST_CHARACTERS || ratio < PLAUSIBLE.least || ratio > PLAUSIBLE.most) return;
    this.characterMs += NEWEST_SHARE * (measured - this.characterMs);
  }
}
