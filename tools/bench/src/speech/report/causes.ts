import { oursWith } from '../contenders.js';
import { judgeCall } from '../judge/judge-call.js';
import type { ResultVerdict } from '../judge/judge-call.js';
import { runCall } from '../run-call.js';
import type { CallRun } from '../run-call.js';
import type { SpeechOptions } from '../speech-options.js';
import type { Send } from '../world/control-url.js';
import { alignedLines } from './table.js';

/** Calls named for each cause, to be replayed with --trace. */
const EXAMPLES = 5;
/** Detection and lag of an event that is neither lost nor late (VAPI.md 1.4), and the way of a POST. */
const USUAL_EVENT_MS = 260;

type Tally = Map<string, number[]>;

/** Why ours talked over the caller, does not know, believes wrongly or said it twice; most frequent first. */
export function causesReport({
  world,
  calls,
  settings,
}: Pick<SpeechOptions, 'world' | 'calls' | 'settings'>): string[] {
  const tally: Tally = new Map();
  const { factory } = oursWith(settings);
  for (let index = 0; index < calls; index += 1) {
    const run = runCall(world, index, factory);
    for (const cause of causesOf(run)) tally.set(cause, [...(tally.get(cause) ?? []), index]);
  }
  const rows = [...tally]
    .sort(([one, few], [other, many]) => kindOf(one).localeCompare(kindOf(other)) || many.length - few.length)
    .map(([cause, at]) => [cause, String(at.length), `calls ${at.slice(0, EXAMPLES).join(', ')}`]);
  return ['', 'causes (replay a call with --trace <call>)', ...alignedLines(rows)];
}

export function causesOf(run: CallRun): string[] {
  const { sends, results } = judgeCall(run);
  return [
    ...sends
      .filter(({ isOverCaller }) => isOverCaller)
      .map((send) => `sent over the caller: ${overCallerCause(run, send)}`),
    ...sends
      .filter(({ play }) => play?.isOverCaller === true)
      .map((send) => `overlap at speech start: ${overlapCause(send)}`),
    ...results.flatMap((result) => resultCauses(run, result)),
  ];
}

function kindOf(cause: string): string {
  return cause.split(':')[0] ?? cause;
}

function overCallerCause(run: CallRun, { order, reachedAt, postedAt }: Send): string {
  if (order.isAtBound) return 'the bound of the hold';
  const sound = run.track.soundAt('caller', reachedAt);
  if (sound === undefined) return 'unknown';
  if (sound.from >= postedAt) return 'began while the POST was under way';
  const told = run.events.filter(
    ({ speaker, change, soundAt }) => speaker === 'caller' && change === 'started' && soundAt <= sound.from,
  );
  const start = told.at(-1);
  if (start === undefined) return 'no event of the caller at all';
  if (start.loss !== undefined) return `started: ${start.loss}`;
  if (start.arrivesAt <= postedAt) return 'the caller was known to speak';
  return start.arrivesAt - start.soundAt > USUAL_EVENT_MS ? 'started: late' : 'began, and the event was not yet there';
}

function overlapCause({ isOverCaller, play, postedAt, renderMs }: Send): string {
  if (isOverCaller) return 'sent over the caller';
  if (renderMs > 1000) return 'slow render';
  return play !== undefined && play.startedAt - postedAt > 1000
    ? 'waited behind other speech'
    : 'began between POST and speech';
}

function resultCauses(run: CallRun, result: ResultVerdict): string[] {
  const causes: string[] = [];
  const { belief, isHeard, isLost, isSaidTwice, isFalselyHeard } = result;
  const fate = fateOf(run, result.toolCallId);
  if (belief?.state === 'unconfirmed') causes.push(`unconfirmed: ${isHeard ? 'heard' : 'not heard'}, ${fate}`);
  if (isFalselyHeard) causes.push(`falsely heard: ${fate}`);
  if (isLost) causes.push(`lost: ${fate}`);
  if (isSaidTwice) causes.push(`said twice: ${fate}`);
  if (belief?.state === 'interrupted' && isHeard) causes.push(`interrupted, was heard: ${fate}`);
  return causes;
}

/** What the last speech of a result met with. */
function fateOf({ script, sends, events, endedAt }: CallRun, toolCallId: string): string {
  const last = sends.filter(({ order, isTaken }) => isTaken && order.toolCallIds.includes(toolCallId)).at(-1);
  if (last === undefined) return 'never sent';
  const words: string[] = [];
  if (script.isBlind) words.push('call without speech events');
  if (last.fate === 'dropped') words.push('dropped after 2xx');
  if (last.fate === 'waiting') words.push('never played');
  if (last.outcome === 'unknown') words.push('POST timed out');
  if (last.renderMs > 1000) words.push('slow render');
  if (last.play?.isCut === true) {
    words.push(last.play.endedAt >= endedAt ? 'cut by the hang-up' : 'cut by the caller');
  }
  const { play } = last;
  if (play !== undefined) {
    const losses = events.filter(
      ({ loss, soundAt }) =>
        loss !== undefined && loss !== 'blind' && soundAt >= play.startedAt && soundAt <= play.endedAt,
    );
    for (const { speaker, change, loss } of losses) words.push(`${loss ?? ''} ${speaker} ${change}`);
  }
  return words.join(', ') || 'nothing went wrong';
}
