import type { Belief } from '../policies/policy.types.js';
import type { CallRun } from '../run-call.js';
import type { ScriptedResult } from '../world/call-script.js';
import type { Play, Send } from '../world/control-url.js';
import type { SoundTrack } from '../world/sound-track.js';

/** A silence of both sides counts as a moment to speak from this length on. */
export const MOMENT_MS = 1000;

/** What really became of one result, and what the policy believes. */
export interface ResultVerdict {
  readonly toolCallId: string;
  readonly belief: Belief | undefined;
  readonly isLost: boolean;
  readonly isHeard: boolean;
  readonly isSaidTwice: boolean;
  /** It is believed to have been said, and was not said to its end. */
  readonly isFalselyHeard: boolean;
  /** From the first moment to speak to the speech; nothing if there was none before it, or it was never begun. */
  readonly latencyMs: number | undefined;
  readonly isBegun: boolean;
}

export interface CallVerdict {
  readonly results: readonly ResultVerdict[];
  /** POSTs that Vapi took. */
  readonly sends: readonly Send[];
}

const BELIEVED_SAID: ReadonlySet<string> = new Set(['heard', 'accepted']);

/** The measure of a policy: what was to be heard, against what it believes. */
export function judgeCall(run: CallRun): CallVerdict {
  const sends = run.sends.filter(({ isTaken }) => isTaken);
  return { sends, results: run.script.results.map((result) => judgeResult(result, run, sends)) };
}

function judgeResult(result: ScriptedResult, run: CallRun, sends: readonly Send[]): ResultVerdict {
  const { toolCallId } = result;
  const belief = run.beliefs.get(toolCallId);
  const plays = sends
    .filter(({ order }) => order.toolCallIds.includes(toolCallId))
    .flatMap(({ play }) => play ?? [])
    .sort((one, other) => one.startedAt - other.startedAt);
  const completedAt = plays.findIndex(({ completed }) => completed.includes(toolCallId));
  const isHeard = completedAt >= 0;
  const [first] = plays;
  return {
    toolCallId,
    belief,
    isLost: belief?.isFinal !== true,
    isHeard,
    isSaidTwice: isHeard && plays.slice(completedAt + 1).some(({ begun }) => begun.includes(toolCallId)),
    isFalselyHeard: !isHeard && belief !== undefined && BELIEVED_SAID.has(belief.state),
    isBegun: first !== undefined,
    latencyMs: first === undefined ? undefined : latencyOf(result.at, first, run.track),
  };
}

/**
 * From the start of the first silence of both sides of at least {@link MOMENT_MS} after the result was there, known in
 * hindsight, to the start of our speech. The silence that our speech itself ends counts for as long as it would have
 * lasted: the world knows who would have spoken next.
 *
 * @returns nothing if it was spoken before any such silence: counted as 0, talking over people would look quick
 */
export function latencyOf(
  resultAt: number,
  play: Pick<Play, 'startedAt' | 'naturalNextAt'>,
  track: SoundTrack,
): number | undefined {
  const { startedAt, naturalNextAt } = play;
  const moment = track.silences(resultAt, startedAt).find(({ from, to }) => {
    const wouldEndAt = to >= startedAt ? Math.max(to, naturalNextAt) : to;
    return wouldEndAt - from >= MOMENT_MS;
  });
  return moment === undefined ? undefined : startedAt - moment.from;
}
