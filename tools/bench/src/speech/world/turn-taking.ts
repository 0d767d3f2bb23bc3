import type { Random } from '../../random/random.js';

/** What the model of a conversation rests on; printed with every table. */
export const TURN_TAKING_SOURCES = [
  'gaps and overlaps between turns: Stivers et al. 2009 (PNAS 106; mean response offset about 200 ms in ten languages),',
  '  Heldner & Edlund 2010 (J. Phonetics 38), Levinson & Torreira 2015 (Frontiers in Psychology 6; mode near 200 ms,',
  '  a good part of the transitions overlap, long right tail)',
  'length of talk: Levinson & Torreira 2015 (telephone speech of Switchboard; median about 1.2 s, mean about 1.7 s)',
  'pauses within a turn: Campione & Veronis 2002 (Speech Prosody; log-normal, medium 200-1000 ms, long > 1000 ms in',
  '  spontaneous speech), ten Bosch, Oostdijk & Boves 2005 (Speech Communication 47; telephone pauses are shorter)',
] as const;

/**
 * Time from the end of one turn to the start of the caller's: ex-Gaussian with its mode near 200 ms, a quarter of it
 * negative (overlap), and 3 % beyond a second.
 */
export const CALLER_GAP = { mean: 50, deviation: 300, tail: 250 } as const;

/** Talk between two pauses: log-normal with median and mean of Levinson & Torreira's turns. */
export const TALK = {
  medianMs: 1227,
  sigma: Math.sqrt(2 * Math.log(1680 / 1227)),
  leastMs: 250,
  mostMs: 12_000,
} as const;

/**
 * The kinds are those of Campione & Veronis: medium ones centred between their bounds, long ones just above theirs. How
 * often a pause is long is our assumption; brief ones (< 200 ms) are no silence to a listener.
 */
export const PAUSE = {
  longShare: 0.2,
  medium: { medianMs: Math.sqrt(200 * 1000), sigma: 0.4, leastMs: 200, mostMs: 1000 },
  long: { medianMs: 1500, sigma: 0.35, leastMs: 1000, mostMs: 5000 },
} as const;

/** Assumptions of ours: no paper tells them for calls with a voice assistant. */
export const CALL_HABITS = {
  /** After a pause, there is more to come. */
  goesOnShare: 0.35,
  /** A long story, of 8 to 20 pieces. */
  monologueShare: { usual: 0.02, chatty: 0.25 },
  /** The caller answers the assistant's turn; else the conversation lapses, because both wait for a result. */
  answersShare: 0.6,
  lapse: { medianMs: 8000, sigma: 0.5, leastMs: 2000, mostMs: 30_000 },
  bargesInShare: 0.07,
  /** "Mhm" into a longer turn of the assistant. */
  backchannelShare: 0.1,
  /** Who is talked over gives way at once, or goes on. */
  yieldsShare: 0.5,
  /** Nobody holds back a word that is on its way: reaction time of a listener. */
  reactionMs: 200,
} as const;

/** Voice agents answer 0.5 to 1.2 s after the caller ended (assumption from practice; endpointing, model and voice). */
export const ASSISTANT = {
  reply: { medianMs: 800, sigma: 0.25, leastMs: 500, mostMs: 3000 },
  answersShare: 0.92,
  /** A pause within a turn is known as such, and not answered. */
  pauseKnownShare: 0.7,
  turn: { medianMs: 3500, sigma: 0.5, leastMs: 600, mostMs: 12_000 },
} as const;

export interface Spurt {
  readonly talkMs: number;
  /** Silence before the next one of the same turn. */
  readonly pauseMs: number;
}

export function drawTurn(random: Random, isChatty: boolean): Spurt[] {
  const { monologueShare, goesOnShare } = CALL_HABITS;
  const isMonologue = random.chance(isChatty ? monologueShare.chatty : monologueShare.usual);
  let spurts = 1;
  if (isMonologue) spurts = random.integer(8, 20);
  else while (spurts < 8 && random.chance(goesOnShare)) spurts += 1;
  return Array.from({ length: spurts }, () => ({ talkMs: drawTalkMs(random), pauseMs: drawPauseMs(random) }));
}

export function drawTalkMs(random: Random): number {
  return within(random.logNormal(TALK.medianMs, TALK.sigma), TALK);
}

export function drawPauseMs(random: Random): number {
  const kind = random.chance(PAUSE.longShare) ? PAUSE.long : PAUSE.medium;
  return within(random.logNormal(kind.medianMs, kind.sigma), kind);
}

/** Negative: the caller begins before the assistant has ended. */
export function drawGapMs(random: Random): number {
  return random.exGaussian(CALLER_GAP.mean, CALLER_GAP.deviation, CALLER_GAP.tail);
}

export function drawLapseMs(random: Random): number {
  return within(random.logNormal(CALL_HABITS.lapse.medianMs, CALL_HABITS.lapse.sigma), CALL_HABITS.lapse);
}

/** @param medianMs milliseconds, see {@link ASSISTANT} */
export function drawReplyMs(random: Random, medianMs: number): number {
  return within(random.logNormal(medianMs, ASSISTANT.reply.sigma), ASSISTANT.reply);
}

export function drawAssistantTurnMs(random: Random): number {
  return within(random.logNormal(ASSISTANT.turn.medianMs, ASSISTANT.turn.sigma), ASSISTANT.turn);
}

function within(value: number, { leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number }): number {
  return Math.min(mostMs, Math.max(leastMs, value));
}
