export type Speaker = 'caller' | 'assistant';

export interface Sound {
  readonly speaker: Speaker;
  readonly from: number;
  /** Infinity while it goes on. */
  to: number;
}

/** What could really be heard in a call, by whom; the measure of every policy. */
export class SoundTrack {
  private readonly sounds: Sound[] = [];

  get all(): readonly Sound[] {
    return this.sounds;
  }

  start(speaker: Speaker, at: number): Sound {
    const sound = { speaker, from: at, to: Infinity };
    this.sounds.push(sound);
    return sound;
  }

  stop(sound: Sound, at: number): void {
    sound.to = at;
  }

  /** Whether `speaker` is audible at `time`; who begins or ends in that millisecond is not. */
  isAudible(speaker: Speaker, time: number): boolean {
    return this.sounds.some((sound) => sound.speaker === speaker && sound.from < time && sound.to > time);
  }

  /** The sound of `speaker` at `time`, if any. */
  soundAt(speaker: Speaker, time: number): Sound | undefined {
    return this.sounds.find((sound) => sound.speaker === speaker && sound.from < time && sound.to > time);
  }

  /**
   * Silences of both sides between `from` and `to`, in order; the last may be cut short by `to`. A sound that begins at
   * `to` does not count.
   */
  silences(from: number, to: number): { readonly from: number; readonly to: number }[] {
    const found: { from: number; to: number }[] = [];
    let freeAt = from;
    const ordered = [...this.sounds].sort((one, other) => one.from - other.from);
    for (const sound of ordered) {
      if (sound.from >= to) break;
      if (sound.from > freeAt) found.push({ from: freeAt, to: sound.from });
      freeAt = Math.max(freeAt, sound.to);
    }
    if (freeAt < to) found.push({ from: freeAt, to });
    return found;
  }
}
