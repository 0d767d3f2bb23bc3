import { isInjected, type SpeechOutcome, type SpeechSource } from '../speech/speech.types.js';
import type { CallEvent } from '../transcript/transcript.types.js';

/** One utterance of the assistant's voice and what became of it. */
export interface SpokenUtterance {
  readonly text: string;
  readonly source: SpeechSource;
  readonly startedAtMs: number | undefined;
  readonly stoppedAtMs: number | undefined;
  readonly outcome: SpeechOutcome | 'dropped' | 'unfinished';
  /** How long the caller had been speaking when it started; undefined when silent. */
  readonly overCallerForMs: number | undefined;
  readonly lateMs: number;
}

/** The utterances of one call, in the order they were accepted. */
export function collectUtterances(events: readonly CallEvent[]): readonly SpokenUtterance[] {
  const byId = new Map<number | string, SpokenUtterance>();
  for (const event of events) {
    if (event.type === 'speech-accepted') byId.set(event.utteranceId, silent(event.text, event.source, 'unfinished'));
    if (event.type === 'speech-dropped') byId.set(`dropped-${byId.size}`, silent(event.text, 'say', 'dropped'));
    if (event.type !== 'speech-started' && event.type !== 'speech-stopped') continue;
    const known = byId.get(event.utteranceId) ?? silent(event.text, event.source, 'unfinished');
    const { atMs } = event;
    byId.set(
      event.utteranceId,
      event.type === 'speech-started'
        ? { ...known, startedAtMs: atMs, overCallerForMs: event.overCallerForMs, lateMs: event.lateMs }
        : { ...known, stoppedAtMs: atMs, outcome: event.outcome },
    );
  }
  return [...byId.values()];
}

/** The injected utterances the caller heard in full, in the order of their ends. */
export function heardInjected(events: readonly CallEvent[]): readonly SpokenUtterance[] {
  return collectUtterances(events)
    .filter((utterance) => isInjected(utterance.source) && utterance.outcome === 'finished')
    .sort((a, b) => (a.stoppedAtMs ?? 0) - (b.stoppedAtMs ?? 0));
}

function silent(text: string, source: SpeechSource, outcome: SpokenUtterance['outcome']): SpokenUtterance {
  return {
    text,
    source,
    outcome,
    startedAtMs: undefined,
    stoppedAtMs: undefined,
    overCallerForMs: undefined,
    lateMs: 0,
  };
}
