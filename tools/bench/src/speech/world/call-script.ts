import { Random } from '../../random/random.js';

/** First millisecond of every simulated call. */
export const CALL_START = 1_700_000_000_000;

export interface ScriptedResult {
  readonly toolCallId: string;
  readonly requestedAt: number;
  /** When the result exists. */
  readonly at: number;
  readonly text: string;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a run may choose of the world that it plays in. */
export interface WorldOptions {
  readonly seed: string;
  /** Factor on how often things go wrong: events lost or late, calls without any, says dropped or slow. */
  readonly trouble: number;
  /** Median of the assistant's reply, milliseconds. */
  readonly replyMs: number;
}

export const DEFAULT_WORLD: WorldOptions = { seed: 'interject', trouble: 1, replyMs: 800 };

/** All that is settled about a call before it begins, the same for every policy. */
export interface CallScript extends WorldOptions {
  readonly index: number;
  readonly callId: string;
  readonly isChatty: boolean;
  /** Vapi's clock against ours. */
  readonly clockOffsetMs: number;
  /** The call shows no speech events at all. */
  readonly isBlind: boolean;
  /** Speech events are shed in this time. */
  readonly blackout: Span | undefined;
  /** Silence after which Vapi says that the caller stopped. */
  readonly vadStopMs: number;
  /** The assistant tells what it says (`assistant.speechStarted`). */
  readonly hasEvidence: boolean;
  /** Time in which the control URL answers 503. */
  readonly controlBurst: Span | undefined;
  /** A call like 01a026d8 of VAPI.md 2.4: most renders are slow or dropped. */
  readonly isBadLine: boolean;
  /** Voice of the caller after which the assistant stops. */
  readonly bargeInMs: number;
  // VAPI.md section 7 leaves these open: some calls play one answer, some the other.
  /** A caller who already talks when speech begins counts as a barge-in too. */
  readonly cutsOngoingTalk: boolean;
  /** A barge-in also drops the says that wait behind the speech that was cut. */
  readonly cutDropsSays: boolean;
  /** Length of speech against the 65 ms a character that are assumed. */
  readonly speechRate: number;
  readonly results: readonly ScriptedResult[];
  /** When the caller wants to hang up. */
  readonly hangUpAt: number;
  /** In the middle of a sentence if it must be; others hear the assistant out. */
  readonly hangsUpAnyway: boolean;
  /** The end of the call also tells that the assistant stopped. */
  readonly tellsStopAtEnd: boolean;
}

/** How often things go wrong. Numbers without a source are assumptions. */
export const TROUBLE = {
  blindShare: 0.005,
  blackoutShare: 0.0025,
  evidenceShare: 0.5,
  chattyShare: 0.1,
  burstShare: 0.05,
  badLineShare: 0.03,
  endsEarlyShare: 0.08,
  /** Of several results: all at once. */
  togetherShare: 0.2,
} as const;

export function drawScript(world: WorldOptions, index: number): CallScript {
  const { seed, trouble } = world;
  const random = new Random(seed, index, 'script');
  const planned = drawResults(new Random(seed, index, 'results'), index);
  const { hangUpAt, hangsUpAnyway } = drawHangUp(new Random(seed, index, 'end'), planned);
  const results = planned.filter(({ requestedAt }) => requestedAt < hangUpAt);
  const from = (share: number, atMost: number): Span | undefined => {
    const start = random.uniform(CALL_START, hangUpAt);
    const length = random.uniform(atMost / 3, atMost);
    return random.chance(share) ? { from: start, to: start + length } : undefined;
  };
  return {
    index,
    callId: `bench-${String(index)}`,
    ...world,
    results,
    hangUpAt,
    hangsUpAnyway,
    isChatty: random.chance(TROUBLE.chattyShare),
    clockOffsetMs: random.integer(-2000, 2000),
    isBlind: random.chance(trouble * TROUBLE.blindShare),
    blackout: from(trouble * TROUBLE.blackoutShare, 30_000),
    vadStopMs: random.uniform(300, 800),
    hasEvidence: random.chance(TROUBLE.evidenceShare),
    // VAPI.md 0.14: failures come in bursts of several seconds.
    controlBurst: from(trouble * TROUBLE.burstShare, 6000),
    isBadLine: random.chance(trouble * TROUBLE.badLineShare),
    bargeInMs: random.uniform(250, 500),
    cutsOngoingTalk: random.chance(0.5),
    cutDropsSays: random.chance(0.5),
    speechRate: random.uniform(0.85, 1.2),
    tellsStopAtEnd: random.chance(0.5),
  };
}

function drawResults(random: Random, index: number): ScriptedResult[] {
  const count = random.integer(1, 3);
  const areTogether = random.chance(TROUBLE.togetherShare);
  const drawn = Array.from({ length: count }, (_, n) => {
    const requestedAt = CALL_START + random.uniform(8000, 40_000);
    const at = requestedAt + Math.min(60_000, random.logNormal(8000, 0.7));
    return { requestedAt, at, toolCallId: `tool-${String(index)}-${String(n)}`, text: drawText(random, n) };
  });
  const last = Math.max(...drawn.map(({ at }) => at));
  return drawn.map((result) => ({
    ...result,
    requestedAt: Math.round(result.requestedAt),
    at: Math.round(areTogether ? last + random.uniform(0, 300) : result.at),
  }));
}

function drawHangUp(
  random: Random,
  results: readonly ScriptedResult[],
): Pick<CallScript, 'hangUpAt' | 'hangsUpAnyway'> {
  const ends = results.map(({ at }) => at);
  const one = ends[random.integer(0, ends.length - 1)] ?? CALL_START;
  const early = one + random.uniform(0, 12_000);
  const usual = Math.max(...ends) + random.uniform(40_000, 100_000);
  const hangsUpAnyway = random.chance(TROUBLE.endsEarlyShare);
  return { hangUpAt: Math.round(hangsUpAnyway ? early : usual), hangsUpAnyway };
}

const ORDINALS = ['first', 'second', 'third'] as const;
const WORDS =
  'report order table parcel ticket window doctor garden copper silver yellow planet summer winter letter number ' +
  'driver street market engine bottle button carpet dinner pencil shower temple valley wallet zipper';

/** A sentence of 40 to 200 characters, unlike that of any other result. */
function drawText(random: Random, n: number): string {
  const words = WORDS.split(' ');
  const length = random.integer(40, 200);
  let text = `Your ${ORDINALS[n] ?? 'next'} result is ready`;
  while (text.length < length) text += ` ${words[random.integer(0, words.length - 1)] ?? ''}`;
  return `${text}.`;
}
