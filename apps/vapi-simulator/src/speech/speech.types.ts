/** Where an utterance of the assistant's voice comes from. */
export type SpeechSource =
  /** The scenario scripted it. */
  | 'script'
  /** The model made it up: a reply to the caller, or to the answer of an async tool. */
  | 'model'
  /** A `say` on the control URL. */
  | 'say'
  /** The model's reply to an `add-message` that triggers one. */
  | 'triggered-reply';

/** What became of an utterance. */
export type SpeechOutcome =
  /** Spoken to its end. */
  | 'finished'
  /** Cut by the caller. */
  | 'interrupted'
  /** Cut by another injected message. */
  | 'replaced'
  /** The call ended before or while it was spoken. */
  | 'call-ended';

export interface SpeechRequest {
  readonly text: string;
  readonly source: SpeechSource;
  /** The caller may cut it. */
  readonly interruptible: boolean;
  /** Cuts what is being said and goes before what waits. */
  readonly replacesCurrent: boolean;
  /** Additional ms before it is rendered (fault `lateRender`), 0 normally. */
  readonly lateMs: number;
}

export interface Utterance extends SpeechRequest {
  readonly id: number;
  readonly acceptedAtMs: number;
}

/** Hears of everything the assistant's voice does. */
export interface VoiceObserver {
  accepted(utterance: Utterance): void;
  started(utterance: Utterance): void;
  /** `audible` is false when it ended without a sound. */
  stopped(utterance: Utterance, outcome: SpeechOutcome, audible: boolean): void;
}

/** True for speech that came in over the control URL. */
export function isInjected(source: SpeechSource): boolean {
  return source === 'say' || source === 'triggered-reply';
}
