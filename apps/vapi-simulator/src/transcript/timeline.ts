import { isInjected } from '../speech/speech.types.js';
import type { CallEvent } from './transcript.types.js';
import { TimelineSheet, type SpeechLane } from './timeline-sheet.js';
import { noteOf } from './timeline-notes.js';

/**
 * One call as a table for documents: time, caller, assistant, what came over the control URL, and beside them the
 * webhooks and control messages. Who talks has a bar, so that talking at the same time shows as two bars in a row.
 * @returns its lines, without ids that change from call to call
 */
export function timeline(events: readonly CallEvent[]): readonly string[] {
  const sheet = new TimelineSheet();
  for (const event of events) {
    const note = noteOf(event);
    if (note !== undefined) sheet.note(event.atMs, note);
    draw(sheet, event);
  }
  return sheet.lines();
}

function draw(sheet: TimelineSheet, event: CallEvent): void {
  switch (event.type) {
    case 'caller-started':
      return sheet.begin(event.atMs, 'caller', event.text);
    case 'caller-stopped':
      return sheet.end(event.atMs, 'caller', '└');
    case 'speech-started':
      return sheet.begin(event.atMs, laneOf(event), event.text);
    case 'speech-stopped':
      if (event.audible) sheet.end(event.atMs, laneOf(event), endOf(event));
      return;
    default:
      return;
  }
}

function laneOf({ source }: CallEvent & { type: 'speech-started' | 'speech-stopped' }): SpeechLane {
  return isInjected(source) ? 'ours' : 'assistant';
}

function endOf({ outcome }: CallEvent & { type: 'speech-stopped' }): string {
  switch (outcome) {
    case 'finished':
      return '└';
    case 'interrupted':
      return '╳ cut by the caller';
    case 'replaced':
      return '╳ cut off';
    case 'call-ended':
      return '╳ the call ends';
  }
}
