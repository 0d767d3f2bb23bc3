/** What an operator may tune (DESIGN section 10), milliseconds. */
export interface SpeechSettings {
  /** Both sides must have been silent for this long. */
  readonly quietMs: number;
  /** After the caller stopped, the assistant gets this time to begin its answer. */
  readonly replyGraceMs: number;
  /** Default of a plan's `maxHoldMs`. */
  readonly maxHoldMs: number;
  /** Wait before speaking when the call shows no speech events. */
  readonly blindHoldMs: number;
  /** Within this time after a POST the assistant must have begun to speak. */
  readonly confirmMs: number;
  /** Speaking time of a character, for estimates: where speech is not seen, and to tell a reply of the model from ours. */
  readonly characterMs: number;
}

export const DEFAULT_SPEECH_SETTINGS: SpeechSettings = {
  quietMs: 1200,
  replyGraceMs: 3000,
  maxHoldMs: 20_000,
  blindHoldMs: 2000,
  confirmMs: 12_000,
  characterMs: 65,
};

/**
 * Longest that one speaker is believed to talk after a "started" whose "stopped" never came. The assistant: a `say` sent
 * too early only queues behind its speech (VAPI.md 2.4), so a short bound costs nothing. The caller: a wrong guess talks
 * over a person, and nearly no turn in a phone call lasts a minute; `maxHoldMs` bounds each wait long before.
 */
export const LONGEST_TURN_MS = { assistant: 30_000, caller: 60_000 } as const;

/**
 * A floor event that seems later than this against the others of its call has an unusable timestamp: the time of its
 * arrival counts. Vapi's delivery lag is 51 to 93 ms (VAPI.md 1.4); gateway and broker stay below seconds.
 */
export const LATEST_FLOOR_EVENT_MS = 5000;

/**
 * Our own text whose end was not told is taken for over after twice its estimate and this, in which a late event would have
 * come ({@link LATEST_FLOOR_EVENT_MS}). Too early a guess costs little: a `say` queues behind it (VAPI.md 2.4).
 */
export const LOST_END_MS = LATEST_FLOOR_EVENT_MS;

/** Later than this, an event with the timestamp of the one before has a timestamp that cannot be right. */
export const TIE_MS = 1500;

/** So many new events in a row that seem that late: not they are late, the clock of their timestamps has moved. */
export const CLOCK_STEP_EVENTS = 3;

/** Share of our words in a text of the assistant from which it is taken for ours; it is transcribed anew (VAPI.md 2.4). */
export const EVIDENCE_SHARE = 0.6;

/** A text is told about when its speech starts: within this time it belongs to that start. */
export const EVIDENCE_SPAN_MS = 1500;

/**
 * Of several that were said together and cut off, those that must have been over by then count as heard. Voices differ:
 * a fast one may have been this much quicker than the estimate.
 */
export const SAID_SHARE = 0.85;

/**
 * A start is told 50 to 250 ms after the sound (VAPI.md 1.4): one told sooner after our POST may be of speech that was
 * there before. If it is cut off, the next in Vapi's queue, a third of a second later (VAPI.md 2.4), may be ours.
 */
export const EARLY_START_MS = 250;
export const NEXT_IN_QUEUE_MS = 1000;

/** Speech shorter than this share of the estimate is not taken for ours where the model had to reply to the caller. */
export const FOREIGN_SHARE = 0.3;

/**
 * When speech events are lost with the broker's memory, a call may be in the middle of the caller's turn: nothing is said for
 * this long after they can be seen again, or until one tells.
 */
export const UNSEEN_HOLD_MS = 5000;

/** Vapi promises no order: an interruption may be told just after the "stopped" that it caused. */
export const INTERRUPTION_SETTLE_MS = 500;

/**
 * Speech that cuts in lets what was accepted just before begin first: Vapi renders in 0.33 to 0.38 s as a rule (VAPI.md 2.4),
 * and nobody would know what became of a text that was replaced before.
 */
export const RENDER_WAIT_MS = 1000;

/** A hold that reached its bound goes on for this share of it while the caller speaks. */
export const HOLD_COURTESY_SHARE = 0.1;

/** Without an interruption event, speech cut short under a talking caller below this share of its length counts as one. */
export const CUT_OFF_SHARE = 0.6;

/** Floor events travel apart from the call's end: what was in flight may still be confirmed for this long. */
export const END_SETTLE_MS = 1000;

/** The sender times out after 5 s by itself; a POST without outcome by then is taken for one with an unknown outcome. */
export const POST_GUARD_MS = 15_000;

/**
 * Waits between tries of a POST that was certainly not accepted; as many tries as entries, plus one. Failures come in
 * bursts of several seconds (VAPI.md 0, point 14), so the tries span nearly eight.
 */
export const POST_BACKOFF_MS: readonly number[] = [200, 500, 1000, 2000, 4000];

/** Pause after a send was abandoned because the log or the lease was too slow. */
export const ABANDONED_PAUSE_MS = 250;

export const MAX_REPEATS = 2;

/** What is said together: at most so many utterances, and about a minute of speech. */
export const TOGETHER_MAX_COUNT = 5;
export const TOGETHER_MAX_CHARACTERS = 900;

/**
 * A progress report or filler that was accepted and not spoken by then makes way for what is worth more. Longer than
 * nearly all renders (VAPI.md 2.4: 0.33-0.38 s, at times 10 s).
 */
export const PROGRESS_CONFIRM_MS = 3000;

/** Progress reports of one tool call that are kept; beyond that they are not even recorded. */
export const PROGRESS_KEPT = 100;

/** Utterances of one call that are remembered. */
export const KEPT_UTTERANCES = 500;

/** Tool calls of one call that are remembered, pending ones apart. */
export const KEPT_TOOL_CALLS = 500;

/** Most that may wait to be said in one call, and how long a place is kept for an announcement that was let in. */
export const MAX_WAITING = 100;
export const ADMISSION_VALID_MS = 5000;

/** A call's limit (VAPI.md 4: 30 s of silence, 600 s of duration by default) counts as near this long before. */
export const SILENCE_LIMIT_NEAR_MS = 8000;
export const DURATION_LIMIT_NEAR_MS = 45_000;
export const DEFAULT_LIMITS = { silenceTimeoutMs: 30_000, maxDurationMs: 600_000 } as const;

/** The gateway may hold a sync tool's answer for `graceMs`, and needs a moment to write its claim. DESIGN section 3. */
export const CLAIM_MARGIN_MS = 500;
export const CLAIM_RECHECK_MS = 2000;

/** A call without any fact for this long and nothing open is forgotten; its next fact finds it again. */
export const FORGET_CALL_MS = 900_000;

/** From the POST to the sound (VAPI.md 2.4: 0.33-0.38 s). */
export const SPEECH_LEAD_MS = 350;

/** How long the assistant will need to say `text`, milliseconds. */
export function estimatedSpeakingMs(text: string, characterMs: number = DEFAULT_SPEECH_SETTINGS.characterMs): number {
  return SPEECH_LEAD_MS + characterMs * text.length;
}
