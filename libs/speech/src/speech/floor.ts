import type { FloorChange, FloorChanged, FloorSpeaker, SpeechEvidence } from '@interject/contracts';
import { CLOCK_STEP_EVENTS, LATEST_FLOOR_EVENT_MS, LONGEST_TURN_MS, TIE_MS } from './speech-settings.js';
import type { SpeechSettings } from './speech-settings.js';

export type FloorHolder = FloorSpeaker | 'nobody' | 'unknown';

/** A floor event put on the owner's clock. */
export interface FloorEdge {
  readonly speaker: FloorSpeaker;
  readonly change: FloorChange;
  /** Milliseconds since the epoch, the owner's clock. */
  readonly time: number;
  readonly evidence?: SpeechEvidence;
}

interface SpeakerTrack {
  /** Vapi's timestamp of the newest event, by which late ones are known. */
  lastAt: number;
  lastChange: FloorChange | undefined;
  speaking: boolean;
  startedAt: number;
  stoppedAt: number;
}

/** What is known of the floor, to be handed to the machine that serves the call next. */
export type FloorState = Readonly<Record<FloorSpeaker, Readonly<SpeakerTrack>>>;

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
  private tracks: Record<FloorSpeaker, SpeakerTrack> = { caller: track(), assistant: track() };
  private offset = Infinity;
  private lateInARow = 0;
  private interruptedAt = -Infinity;
  private hasSpeechEvents = false;
  private unseen: number | undefined;

  constructor(private readonly settings: SpeechSettings) {}

  /** True once the call has shown who speaks; texts alone do not tell that. */
  get isKnown(): boolean {
    return this.hasSpeechEvents;
  }

  /** From when on speech events would have been seen, when what came before is lost and none came since; else -Infinity. */
  get uncertainSince(): number {
    return this.unseen ?? -Infinity;
  }

  /** What happened before `time` is not known, and nothing has happened since. */
  unseenSince(time: number): void {
    this.unseen = time;
  }

  /** What the same process knew before it lost the call for a while; events in between may be missing. */
  carryOver(state: FloorState): void {
    this.tracks = { caller: { ...state.caller }, assistant: { ...state.assistant } };
    this.hasSpeechEvents = true;
  }

  /** Nothing when the call has not shown a speech event. */
  state(): FloorState | undefined {
    if (!this.isKnown) return undefined;
    return { caller: { ...this.tracks.caller }, assistant: { ...this.tracks.assistant } };
  }

  /**
   * @returns the event on our clock, or nothing when it repeats one that is known. Its time may lie before that of
   *   others: Vapi promises no order
   */
  apply(event: FloorChanged, now: number): FloorEdge | undefined {
    const edge = this.edgeOf(event, now);
    if (edge !== undefined && edge.change !== 'said') this.unseen = undefined;
    return edge;
  }

  /** What the assistant began at `startedAt` must be over by now, though that was not told. */
  assistantIsOver(startedAt: number, now: number): void {
    const { assistant } = this.tracks;
    if (!assistant.speaking || assistant.startedAt !== startedAt) return;
    assistant.speaking = false;
    assistant.stoppedAt = now;
  }

  /** After a replay: arrival times of stored events are the broker's, so the offset is learnt anew from live ones. */
  relearnClock(): void {
    if (this.offset !== Infinity) this.offset = Number.MAX_SAFE_INTEGER;
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

  /** Since when nobody talks, or when that is to be believed; always finite once a speech event was seen. */
  silentFrom(): number {
    return Math.max(this.freeAt('caller'), this.freeAt('assistant'));
  }

  /** From when on the floor is idle if nothing else happens; always finite once a speech event was seen. */
  idleAt(): number {
    const callerFree = this.freeAt('caller');
    const quiet = this.silentFrom() + this.settings.quietMs;
    return this.isReplyDue ? Math.max(quiet, callerFree + this.settings.replyGraceMs) : quiet;
  }

  /** The caller has spoken, and the assistant has not begun to answer. */
  get isReplyDue(): boolean {
    return this.tracks.assistant.startedAt < this.freeAt('caller');
  }

  private edgeOf(event: FloorChanged, now: number): FloorEdge | undefined {
    const { speaker, change, at, evidence } = event;
    const time = this.localTime(at, now);
    const edge = { speaker, change, time, ...(evidence === undefined ? {} : { evidence }) };
    if (change === 'said') return edge;
    this.hasSpeechEvents = true;
    if (change === 'interrupted') return this.interrupt(at, time) ? edge : undefined;
    const current = this.tracks[speaker];
    if (at === current.lastAt && change === current.lastChange) return undefined;
    // Older than what is known of this speaker: it came out of order and changes nothing about now. No turn lasts for less
    // than a millisecond: a "stopped" of the same one, soon after, is of the turn before.
    const isTie = at === current.lastAt && current.speaking && change === 'stopped' && now - time < TIE_MS;
    if (at < current.lastAt || isTie) return edge;
    current.lastAt = at;
    current.lastChange = change;
    current.speaking = change === 'started';
    // So late that its timestamp may be wrong: the floor is taken for busy or just free now, which errs on the quiet side.
    const from = now - time > LATEST_FLOOR_EVENT_MS ? now : time;
    if (current.speaking) current.startedAt = from;
    else current.stoppedAt = from;
    return edge;
  }

  private localTime(at: number, now: number): number {
    this.offset = Math.min(this.offset, now - at);
    const isLate = now - (at + this.offset) > LATEST_FLOOR_EVENT_MS;
    const isNewest = at > Math.max(this.tracks.caller.lastAt, this.tracks.assistant.lastAt, this.interruptedAt);
    if (!isLate) this.lateInARow = 0;
    else if (isNewest) this.lateInARow += 1;
    // Not single late events: the clock behind the timestamps has moved.
    if (this.lateInARow >= CLOCK_STEP_EVENTS) {
      this.offset = now - at;
      this.lateInARow = 0;
    }
    return at + this.offset;
  }

  /**
   * The caller cut the assistant off. It does not set the caller speaking: were it told after the caller's "stopped",
   * the caller would be believed to talk for a minute. It counts as a sound of the caller at that time.
   *
   * @returns false when it is a repeat
   */
  private interrupt(at: number, time: number): boolean {
    if (at <= this.interruptedAt) return false;
    this.interruptedAt = at;
    const { assistant, caller } = this.tracks;
    if (assistant.speaking && at >= assistant.lastAt) {
      assistant.speaking = false;
      assistant.stoppedAt = time;
    }
    if (!caller.speaking) caller.stoppedAt = Math.max(caller.stoppedAt, time);
    return true;
  }
}
