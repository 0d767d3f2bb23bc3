import { speechFingerprint } from '@interject/contracts';
import type { SpeechEvidenceSource } from '@interject/contracts';
import { objectOf } from '../json-reader.js';
import type { JsonObject } from '../json-reader.js';

/** What the assistant said, as hashes of its words, never as text. */
export interface WebhookSpeechEvidence {
  readonly source: SpeechEvidenceSource;
  readonly words: number[];
}

/** Far more than the words that are compared; a text may be as long as the body's limit. */
const MAX_READ_CHARACTERS = 8000;
const MAX_READ_PARTS = 20;

/** Histories of a `conversation-update`; each ends with the same message (VAPI.md 1.4). */
const HISTORIES = ['messages', 'messagesOpenAIFormatted', 'conversation'] as const;
/** `bot` in Vapi's own history, `assistant` in OpenAI's. */
const ASSISTANT_ROLES: ReadonlySet<unknown> = new Set(['bot', 'assistant']);
const SPEECH_SOURCES: ReadonlySet<unknown> = new Set<SpeechEvidenceSource>(['force-say', 'custom-voice']);

/** Reads `assistant.speechStarted`: its text is all that was said in this turn so far (VAPI.md 1.4). */
export function readSpokenText(message: JsonObject): WebhookSpeechEvidence | undefined {
  const source = message['source'];
  // A source that we do not know proves no more than the model's.
  return evidence(SPEECH_SOURCES.has(source) ? (source as SpeechEvidenceSource) : 'model', message['text']);
}

/** Reads `conversation-update`, if the last to speak was the assistant. Looks at nothing but the end of one history. */
export function readSpokenHistory(message: JsonObject): WebhookSpeechEvidence | undefined {
  for (const name of HISTORIES) {
    const history = message[name];
    if (!Array.isArray(history) || history.length === 0) continue;
    const last = objectOf(history.at(-1));
    if (last === undefined || !ASSISTANT_ROLES.has(last['role'])) return undefined;
    return evidence('history', last['message'] ?? last['content']);
  }
  return undefined;
}

function evidence(source: SpeechEvidenceSource, said: unknown): WebhookSpeechEvidence | undefined {
  const words = speechFingerprint(textOf(said));
  return words.length === 0 ? undefined : { source, words };
}

/** The end of a text, which is a string or, in OpenAI's format, a list of parts. */
function textOf(said: unknown): string {
  if (typeof said === 'string') return said.slice(-MAX_READ_CHARACTERS);
  if (!Array.isArray(said)) return '';
  const texts = said.slice(-MAX_READ_PARTS).map((part: unknown) => objectOf(part)?.['text']);
  return texts.map((text) => (typeof text === 'string' ? text.slice(-MAX_READ_CHARACTERS) : '')).join(' ');
}
