import type { UtteranceRecord } from '@interject/contracts';
import type { Floor } from '../speech/floor.js';
import type { SpeechSettings } from '../speech/speech-settings.js';
import type { CallPresence } from './call-presence.js';
import type { Outbox } from './outbox.js';
import type { ToolCallBook } from './tool-call-book.js';

/** Last entry of the ledger for each utterance of a call, by its id. */
export type RecordedUtterances = ReadonlyMap<string, UtteranceRecord>;

/** What is known of one call, whether or not something is said in it. */
export interface CallParts {
  readonly callId: string;
  readonly settings: SpeechSettings;
  readonly presence: CallPresence;
  readonly book: ToolCallBook;
  readonly floor: Floor;
  readonly outbox: Outbox;
  /** What a predecessor recorded, after a change of owner. */
  readonly recorded: RecordedUtterances;
}
