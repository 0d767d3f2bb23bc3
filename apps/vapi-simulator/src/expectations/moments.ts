import type { Expectation, SpeechMark } from '../scenario/scenario.types.js';
import { isInjected } from '../speech/speech.types.js';
import type { CallEvent } from '../transcript/transcript.types.js';
import { matches, placeOf } from './text-match.js';
import type { SpokenUtterance } from './utterances.js';

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { kind: Kind }>;

/** All of them heard, the first hearing of each after that of the one before; they may stand in one utterance. */
export function judgeOrder({ texts }: Of<'order'>, utterances: readonly SpokenUtterance[]): readonly string[] {
  const heard = utterances.filter((u) => isInjected(u.source) && u.outcome === 'finished');
  const moments = texts.map((text) => firstHearing(text, heard));
  const missing = texts.filter((_, index) => moments[index] === undefined);
  if (missing.length > 0) return [`expected to hear ${missing.map(show).join(', ')} in order, it was not heard`];
  const isOrdered = moments.every((moment, index) => index === 0 || isBefore(moments[index - 1], moment));
  return isOrdered ? [] : [`expected to hear in this order: ${texts.map(show).join(', ')}; it was another one`];
}

interface Moment {
  readonly startedAtMs: number;
  readonly place: number;
}

function firstHearing(text: string, heard: readonly SpokenUtterance[]): Moment | undefined {
  return heard
    .filter((utterance) => matches(text, utterance.text))
    .map((utterance) => ({ startedAtMs: utterance.startedAtMs ?? 0, place: placeOf(text, utterance.text) }))
    .sort((a, b) => a.startedAtMs - b.startedAtMs)[0];
}

function isBefore(earlier: Moment | undefined, later: Moment | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  if (earlier.startedAtMs !== later.startedAtMs) return earlier.startedAtMs < later.startedAtMs;
  return earlier.place < later.place;
}

/** Each time it starts, so much time has passed since the last such event before, and no more. */
export function judgeStartsAfter(
  { text, since, afterMs, withinMs }: Of<'starts-after'>,
  events: readonly CallEvent[],
  utterances: readonly SpokenUtterance[],
): readonly string[] {
  const starts = utterances
    .filter((u) => isInjected(u.source) && matches(text, u.text))
    .flatMap((u) => (u.startedAtMs === undefined ? [] : [u.startedAtMs]));
  if (starts.length === 0) return [`expected ${show(text)} to start, it never did`];
  return starts.flatMap((startMs) => {
    const markMs = lastMark(since, startMs, events);
    if (markMs === undefined) return [`expected ${show(text)} to start after ${since}, there was none before it`];
    const passedMs = startMs - markMs;
    if (passedMs < afterMs) return [late(text, since, `at least ${afterMs}`, passedMs)];
    return withinMs !== undefined && passedMs > withinMs ? [late(text, since, `within ${withinMs}`, passedMs)] : [];
  });
}

function lastMark(since: SpeechMark, beforeMs: number, events: readonly CallEvent[]): number | undefined {
  return events.filter((event) => event.atMs <= beforeMs && isMark(since, event)).at(-1)?.atMs;
}

function isMark(since: SpeechMark, event: CallEvent): boolean {
  switch (since) {
    case 'callerStopped':
      return event.type === 'caller-stopped';
    case 'assistantStopped':
      return event.type === 'speech-stopped' && event.audible;
    case 'toolCall':
      return event.type === 'tool-calls-sent';
  }
}

function late(text: string, since: SpeechMark, wanted: string, passedMs: number): string {
  return `expected ${show(text)} to start ${wanted} ms after ${since}, it was ${passedMs} ms`;
}

function show(text: string): string {
  return JSON.stringify(text);
}
