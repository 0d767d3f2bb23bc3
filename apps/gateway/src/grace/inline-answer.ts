import { DEFAULT_FAILURE_TEXT, MAX_SPEECH_TEXT } from '@interject/contracts';
import type { ToolCallFinished, ToolDefinition } from '@interject/contracts';
import type { InlineAnswer } from './grace-window.types.js';

/** A result without words and without data small enough to be read out to the model. */
export const NO_WORDS = 'Done. There is nothing to add.';

/** No failure: whoever cancelled it knows, and shall not hear that it went wrong. */
const CANCELLED = 'This was cancelled on request: it has no result, and nothing went wrong.';

/**
 * The result as the answer to its webhook: what would be spoken, on one line (VAPI.md 0.2). Without words the data stand
 * in as JSON, since it is the model that reads them.
 *
 * @param tool brings the words for a failure that has none
 */
export function inlineAnswer(
  { outcome, text, data }: Pick<ToolCallFinished, 'outcome' | 'text' | 'data'>,
  tool: Pick<ToolDefinition, 'sayOnFailure'>,
): InlineAnswer {
  const words = oneLine(text ?? '');
  if (outcome === 'cancelled' && words === '') return { as: 'result', text: CANCELLED };
  if (outcome !== 'succeeded') {
    return { as: 'error', text: words === '' ? oneLine(tool.sayOnFailure ?? DEFAULT_FAILURE_TEXT) : words };
  }
  return { as: 'result', text: words === '' ? dataAsText(data) : words };
}

function dataAsText(data: unknown): string {
  if (data === undefined || data === null) return NO_WORDS;
  // JSON escapes line breaks but for two of Unicode's.
  const json = typeof data === 'string' ? oneLine(data) : JSON.stringify(data).replaceAll(/[\u2028\u2029]/g, ' ');
  return json === '' || json.length > MAX_SPEECH_TEXT ? NO_WORDS : json;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
