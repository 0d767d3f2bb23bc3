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
}

export const DEFAULT_SPEECH_SETTINGS: SpeechSettings = {
  quietMs: 1200,
  replyGraceMs: 2500,
  maxHoldMs: 20_000,
  blindHoldMs: 2000,
  confirmMs: 12_000,
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

/** Vapi promises no order: an interruption may be told just after the "stopped" that it caused. */
export const INTERRUPTION_SETTLE_MS = 500;

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

/** Progress reports of a call are at least this far apart, and a tool call gets at most so many. PEERS.md row 9. */
export const PROGRESS_GAP_MS = 6000;
export const PROGRESS_MAX_COUNT = 5;

/** The gateway may hold a sync tool's answer for `graceMs`, and needs a moment to write its claim. DESIGN section 3. */
export const CLAIM_MARGIN_MS = 500;
export const CLAIM_RECHECK_MS = 2000;

/** A call without any fact for this long and nothing open is forgotten; its next fact finds it again. */
export const FORGET_CALL_MS = 900_000;

const SPEECH_LEAD_MS = 350;
const SPEECH_MS_PER_CHARACTER = 65;

/** How long the assistant will need to say `text`, milliseconds. */
export function estimatedSpeakingMs(text: string): number {
  return SPEECH_LEAD_MS + SPEECH_MS_PER_CHARACTER * text.length;
}
