import type { FloorChange, FloorChanged, FloorSpeaker } from '@interject/contracts';
import { LATEST_FLOOR_EVENT_MS, LONGEST_TURN_MS } from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';

export type FloorHolder = FloorSpeaker | 'nobody' | 'unknown';

/** A floor event put on the owner's clock. */
export interface FloorEdge {
  readonly speaker: FloorSpeaker;
  readonly change: FloorChange;
  /** Milliseconds since the epoch, the owner's clock. */
  readonly time: number;
}

interface SpeakerTrack {
  /** Vapi's timestamp of the newest event, by which late ones are known. */
  lastAt: number;
  lastChange: FloorChange | undefined;
  speaking: boolean;
  startedAt: number;
  stoppedAt: number;
}

function track(): SpeakerTrack {
  return { lastAt: -Infinity, lastChange: undefined, speaking: false, startedAt: -Infinity, stoppedAt: -Infinity };
}

/**
 * Who is talking in one call, from its floor events.
 *
 * Vapi's clock is not ours. The smallest difference between arrival and timestamp seen in the call is taken for the
 * clocks' offset, so that an event that comes late counts from when it happened.
 */
export class Floor {
  private readonly tracks: Readonly<Record<FloorSpeaker, SpeakerTrack>> = { caller: track(), assistant: track() };
  private offset = Infinity;

  constructor(private readonly settings: SpeechSettings) {}

  /** True once the call has shown a speech event. */
  get isKnown(): boolean {
    return this.offset !== Infinity;
  }

  /** @returns the event on our clock, or nothing when it repeats one that is known */
  apply(event: FloorChanged, now: number): FloorEdge | undefined {
    const edge = { speaker: event.speaker, change: event.change, time: this.localTime(event.at, now) };
    if (event.change === 'interrupted') {
      this.interrupt(edge.time, event.at);
      return edge;
    }
    const speaker = this.tracks[event.speaker];
    if (event.at === speaker.lastAt && event.change === speaker.lastChange) return undefined;
    // Older than what is known of this speaker: it came out of order and changes nothing about now.
    if (event.at < speaker.lastAt) return edge;
    speaker.lastAt = event.at;
    speaker.lastChange = event.change;
    speaker.speaking = event.change === 'started';
    if (speaker.speaking) speaker.startedAt = edge.time;
    else speaker.stoppedAt = edge.time;
    return edge;
  }

  /** After a replay: arrival times of stored events are the broker's, so the offset is learnt anew from live ones. */
  relearnClock(): void {
    if (this.isKnown) this.offset = Number.MAX_SAFE_INTEGER;
  }

  holder(now: number): FloorHolder {
    if (!this.isKnown) return 'unknown';
    if (this.isSpeaking('caller', now)) return 'caller';
    return this.isSpeaking('assistant', now) ? 'assistant' : 'nobody';
  }

  isSpeaking(speaker: FloorSpeaker, now: number): boolean {
    return this.tracks[speaker].speaking && now < this.freeAt(speaker);
  }

  /** True if the caller was speaking at `time`, as far as the newest turn tells. */
  callerSpokeAt(time: number): boolean {
    const { speaking, startedAt, stoppedAt } = this.tracks.caller;
    return startedAt <= time && (speaking || stoppedAt > time);
  }

  /** When `speaker` last began to speak; -Infinity if never seen. */
  startedAt(speaker: FloorSpeaker): number {
    return this.tracks[speaker].startedAt;
  }

  /** When `speaker` ceased to speak; when it still does, the time from which that is no longer believed. */
  freeAt(speaker: FloorSpeaker): number {
    const { speaking, startedAt, stoppedAt } = this.tracks[speaker];
    return speaking ? startedAt + LONGEST_TURN_MS[speaker] : stoppedAt;
  }

  /** From when on the floor is idle if nothing else happens; always finite once a speech event was seen. */
  idleAt(): number {
    const callerFree = this.freeAt('caller');
    const quiet = Math.max(callerFree, this.freeAt('assistant')) + this.settings.quietMs;
    const hasAnswered = this.tracks.assistant.startedAt >= callerFree;
    return hasAnswered ? quiet : Math.max(quiet, callerFree + this.settings.replyGraceMs);
  }

  private localTime(at: number, now: number): number {
    this.offset = Math.min(this.offset, now - at);
    const time = at + this.offset;
    return now - time > LATEST_FLOOR_EVENT_MS ? now : time;
  }

  /**
   * The caller cut the assistant off. It does not set the caller speaking: were it told after the caller's "stopped",
   * the caller would be believed to talk for a minute. It counts as a sound of the caller at that time.
   */
  private interrupt(time: number, at: number): void {
    const { assistant, caller } = this.tracks;
    if (assistant.speaking && at >= assistant.lastAt) {
      assistant.speaking = false;
      assistant.stoppedAt = time;
    }
    if (!caller.speaking) caller.stoppedAt = Math.max(caller.stoppedAt, time);
  }
}
