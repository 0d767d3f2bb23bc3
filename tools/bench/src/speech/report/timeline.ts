import { judgeCall } from '../judge/judge-call.js';
import type { ResultVerdict } from '../judge/judge-call.js';
import type { CallRun } from '../run-call.js';
import { CALL_START } from '../world/call-script.js';
import type { Send } from '../world/control-url.js';
import { seconds } from './table.js';

/** What happened in one call, in order of time: sounds, events on their way, what the policy did, and the verdict. */
export function timelineOf(run: CallRun): string[] {
  const { script } = run;
  const lines = [...soundNotes(run), ...eventNotes(run), ...run.sends.flatMap(sendNotes), ...run.notes]
    .sort((one, other) => one.at - other.at)
    .map(({ at, text }) => `${((at - CALL_START) / 1000).toFixed(3).padStart(9)}  ${text}`);
  const traits = [
    script.isBlind && 'no speech events',
    script.blackout !== undefined && 'a time without speech events',
    script.isBadLine && 'renders are slow or dropped',
    script.controlBurst !== undefined && 'control URL fails for a while',
    script.isChatty && 'chatty caller',
    script.hasEvidence && 'tells what it says',
  ].filter((trait) => trait !== false);
  return [`call ${String(script.index)}: ${traits.join(', ') || 'nothing special'}`, ...lines, ...verdictLines(run)];
}

interface TimelineNote {
  readonly at: number;
  readonly text: string;
}

function soundNotes({ track, endedAt }: CallRun): TimelineNote[] {
  const notes = track.all.flatMap(({ speaker, from, to }) => [
    { at: from, text: `${speaker === 'caller' ? 'CALLER' : 'ASSISTANT'} speaks` },
    { at: to, text: `${speaker === 'caller' ? 'CALLER' : 'ASSISTANT'} is silent` },
  ]);
  return [...notes, { at: endedAt, text: 'the caller hangs up' }];
}

function eventNotes({ events }: CallRun): TimelineNote[] {
  return events.map(({ speaker, change, soundAt, arrivesAt, loss }) => {
    const lag = `${String(Math.round(arrivesAt - soundAt))} ms after the sound`;
    return loss === undefined
      ? { at: arrivesAt, text: `    event: ${speaker} ${change} (${lag})` }
      : { at: soundAt, text: `    event never comes (${loss}): ${speaker} ${change}` };
  });
}

function sendNotes({ order, reachedAt, isTaken, isOverCaller, fate, renderMs, play }: Send): TimelineNote[] {
  const what = order.toolCallIds.join(', ');
  const over = isOverCaller ? ', OVER THE CALLER' : '';
  const taken = isTaken ? `${fate}, render ${String(Math.round(renderMs))} ms` : 'not taken';
  const notes = [{ at: reachedAt, text: `  POST of ${what} reaches Vapi: ${taken}${over}` }];
  if (play === undefined) return notes;
  const overlap = play.isOverCaller ? ', OVER THE CALLER' : '';
  const end = play.isCut ? `is cut off; said to the end: ${play.completed.join(', ') || 'nothing'}` : 'ends';
  return [
    ...notes,
    { at: play.startedAt, text: `  speech of ${what} begins${overlap}` },
    { at: play.endedAt, text: `  speech of ${what} ${end}` },
  ];
}

function verdictLines(run: CallRun): string[] {
  return judgeCall(run).results.map((result) => {
    const { toolCallId, belief, isHeard, isLost, isSaidTwice, isFalselyHeard } = result;
    const faults = [isLost && 'LOST', isSaidTwice && 'SAID TWICE', isFalselyHeard && 'FALSELY HEARD'];
    const words = [
      `believed: ${belief?.state ?? 'nothing'}`,
      `really: ${isHeard ? 'heard' : 'not heard to the end'}`,
      latencyOf(result),
      ...faults.filter((fault) => fault !== false),
    ];
    return `${toolCallId}: ${words.join('; ')}`;
  });
}

function latencyOf({ isBegun, latencyMs }: ResultVerdict): string {
  if (!isBegun) return 'never begun';
  return latencyMs === undefined ? 'begun before any silence' : `latency ${seconds(latencyMs)}`;
}
